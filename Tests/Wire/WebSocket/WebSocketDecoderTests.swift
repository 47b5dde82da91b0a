import Testing

@testable import Wire

@Suite struct WebSocketDecoderTests {
    @Test func readsTheExamplesOfTheRFC() {
        // RFC 6455, 5.7.
        #expect(
            Transcript.of([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], role: .client).entries == [
                .text("Hello")
            ])
        #expect(
            Transcript.of([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]).entries
                == [.text("Hello")])
        #expect(
            Transcript.of([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F], role: .client).entries
                == [.text("Hello")])
        #expect(
            Transcript.of([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], role: .client).entries
                == [.ping(Array("Hello".utf8))])
        #expect(
            Transcript.of([0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]).entries
                == [.pong(Array("Hello".utf8))])
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65535, 65536, 200_000])
    func readsEveryFormOfLength(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let bytes = Frame(opcode: 2, payload: payload).bytes
        #expect(Transcript.of(bytes).entries == [.binary(payload)])
        #expect(Transcript.of(bytes, cutAt: [bytes.count / 2]).entries == [.binary(payload)])
        #expect(
            Transcript.of(Frame(opcode: 2, payload: payload).unmasked().bytes, role: .client).entries
                == [.binary(payload)])
    }

    @Test func handsOutAWholeMessageWhereItLies() throws {
        var bytes = Frame.text("in place").bytes
        var decoder = WebSocketDecoder(role: .server)
        try unsafe bytes.withUnsafeMutableBytes { buffer in
            var input = unsafe buffer
            guard case .message(.text, let payload) = try unsafe decoder.next(&input) else {
                Issue.record("no message")
                return
            }
            #expect(unsafe payload.baseAddress == UnsafeRawPointer(buffer.baseAddress! + 6))
            #expect(unsafe input.isEmpty)
        }
        let holdsNothing = decoder.assembly == nil
        #expect(holdsNothing)
    }

    @Test func anIdleDecoderIsSmallAndHoldsNothing() {
        #expect(MemoryLayout<WebSocketDecoder>.size <= 48)
        var decoder = WebSocketDecoder(role: .server, deflate: .forgetful)
        var transcript = Transcript()
        let compressed = Frame(
            opcode: 1, payload: [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], reserved: 0x40)
        for bytes in [Frame.text("Hello").bytes, compressed.bytes, Frame.ping("").bytes] {
            transcript.feed(bytes.prefix(3), to: &decoder)
            let isAmid = decoder.isAmidMessage
            #expect(isAmid)
            transcript.feed(bytes.dropFirst(3), to: &decoder)
            let holdsNothing = !decoder.isAmidMessage && decoder.assembly == nil && decoder.inflater == nil
            #expect(holdsNothing)
        }
        #expect(transcript.entries == [.text("Hello"), .text("Hello"), .ping([])])
    }

    @Test func keepsTheWindowThatTheNextMessageMayReferTo() {
        var decoder = WebSocketDecoder(role: .server, deflate: PermessageDeflate())
        var transcript = Transcript()
        // RFC 7692, 7.2.3.2: the second message refers to the first.
        for payload: [UInt8] in [
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0xF2, 0x00, 0x11, 0x00, 0x00],
        ] {
            transcript.feed(Frame(opcode: 1, payload: payload, reserved: 0x40).bytes, to: &decoder)
            let holdsItsWindowAlone = decoder.assembly == nil && decoder.inflater != nil
            #expect(holdsItsWindowAlone)
        }
        #expect(transcript.entries == [.text("Hello"), .text("Hello")])
    }

    @Test func deliversWhatWasGoodBeforeABadFrame() {
        let bad = Frame(opcode: 1, payload: [], reserved: 0x20)
        let bytes = Frame.text("one").bytes + Frame.ping("two").bytes + bad.bytes + Frame.text("never").bytes
        let transcript = Transcript.of(bytes)
        #expect(transcript.entries == [.text("one"), .ping(Array("two".utf8))])
        #expect(transcript.code == 1002)
    }

    @Test func readsNothingAfterACloseFrame() {
        let transcript = Transcript.of(
            Frame.close(1000, "bye").bytes + Frame.text("late").bytes + [0xFF, 0xFF])
        #expect(transcript.entries == [.close(1000, "bye")])
        #expect(transcript.error == nil)
    }

    @Test func readsNothingAfterAnError() {
        var decoder = WebSocketDecoder(role: .server)
        var transcript = Transcript()
        transcript.feed([0x83, 0x80, 0, 0, 0, 0], to: &decoder)
        #expect(transcript.code == 1002)
        var after = Transcript()
        after.feed(Frame.text("late").bytes, to: &decoder)
        #expect(after.entries.isEmpty && after.error == nil)
    }
}

extension PermessageDeflate {
    /// Neither side keeps context.
    static let forgetful = PermessageDeflate(
        server: Side(keepsContext: false), client: Side(keepsContext: false))
}
