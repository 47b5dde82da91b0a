import Testing

@testable import Wire

/// However the bytes are cut, the same is read and refused.
@Suite struct WebSocketReplayTests {
    struct Recording: Sendable {
        let name: String
        let bytes: [UInt8]
        var deflate: PermessageDeflate?
    }

    static let greeting = Array("Hello-µ@ßöäüàá-UTF-8!! 𝄞".utf8)

    static var recordings: [Recording] {
        let compressed: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        return [
            Recording(
                name: "messages and control frames",
                bytes: Frame.text("one").bytes + Frame.ping("p").bytes
                    + Frame(opcode: 2, payload: [0, 255, 128]).bytes + Frame(opcode: 10, payload: []).bytes
                    + Frame.text("").bytes + Frame.text("Köln").bytes + Frame.close(1000, "gut").bytes),
            Recording(
                name: "fragments with control frames between",
                bytes: Frame(opcode: 1, payload: Array(greeting[..<8]), isFinal: false).bytes
                    + Frame.ping("between").bytes
                    + Frame(opcode: 0, payload: Array(greeting[8..<9]), isFinal: false).bytes
                    + Frame(opcode: 0, payload: [], isFinal: false).bytes
                    + Frame(opcode: 10, payload: [1]).bytes
                    + Frame(opcode: 0, payload: Array(greeting[9...])).bytes + Frame.text("next").bytes
                    + Frame(opcode: 2, payload: [], isFinal: false).bytes
                    + Frame(opcode: 0, payload: []).bytes + Frame.close(1001).bytes),
            Recording(
                name: "bad text in the second fragment",
                bytes: Frame.text("good").bytes
                    + Frame(opcode: 1, payload: Array(greeting[..<8]), isFinal: false).bytes
                    + Frame(opcode: 0, payload: [0x41, 0xED, 0xA0, 0x80, 0x42], isFinal: false).bytes
                    + Frame.text("never").bytes),
            Recording(
                name: "a scalar that is never ended",
                bytes: Frame(opcode: 1, payload: [0xE2, 0x82], isFinal: false).bytes
                    + Frame(opcode: 0, payload: []).bytes),
            Recording(
                name: "close in the middle of a message",
                bytes: Frame(opcode: 1, payload: [0x41], isFinal: false).bytes
                    + Frame.close(4000, "genug").bytes
                    + Frame(opcode: 0, payload: [0x42]).bytes),
            Recording(
                name: "a longer message",
                bytes: Frame(opcode: 2, payload: (0..<300).map { UInt8(truncatingIfNeeded: $0) }).bytes),
            Recording(
                name: "compressed, whole and in fragments, with a window kept",
                bytes: Frame(opcode: 1, payload: compressed, reserved: 0x40).bytes
                    + Frame(opcode: 1, payload: [0xF2], isFinal: false, reserved: 0x40).bytes
                    + Frame.ping("z").bytes + Frame(opcode: 0, payload: [0x00, 0x11, 0x00, 0x00]).bytes
                    + Frame.text("plain").bytes + Frame(opcode: 2, payload: [0x00], reserved: 0x40).bytes,
                deflate: PermessageDeflate()),
            Recording(
                name: "compressed and damaged",
                bytes: Frame(opcode: 1, payload: compressed, reserved: 0x40).bytes
                    + Frame(opcode: 1, payload: [0x07, 0x13, 0x37], reserved: 0x40).bytes,
                deflate: .forgetful),
        ]
    }

    @Test(arguments: recordings)
    func atEverySplitPoint(recording: Recording) {
        let whole = Transcript.of(recording.bytes, deflate: recording.deflate)
        #expect(!whole.entries.isEmpty || whole.error != nil)
        for cut in 0...recording.bytes.count {
            let parts = Transcript.of(recording.bytes, cutAt: [cut], deflate: recording.deflate)
            #expect(parts == whole, "\(recording.name), cut at \(cut)")
        }
        #expect(Transcript.byteByByte(recording.bytes, deflate: recording.deflate) == whole)
    }

    @Test(arguments: recordings)
    func inEqualPortions(recording: Recording) {
        let whole = Transcript.of(recording.bytes, deflate: recording.deflate)
        for size in 2...20 {
            let cuts = Array(stride(from: size, to: recording.bytes.count, by: size))
            #expect(Transcript.of(recording.bytes, cutAt: cuts, deflate: recording.deflate) == whole)
        }
    }

    @Test func theSameIsReadFromAServer() {
        let bytes =
            Frame.text("one").unmasked().bytes + Frame.text("Köln").unmasked().bytes
            + Frame(opcode: 2, payload: Self.greeting, isFinal: false).unmasked().bytes
            + Frame.ping("p").unmasked().bytes + Frame(opcode: 0, payload: Self.greeting).unmasked().bytes
        let expected: [Transcript.Entry] = [
            .text("one"), .text("Köln"), .ping(Array("p".utf8)), .binary(Self.greeting + Self.greeting),
        ]
        for cut in 0...bytes.count {
            #expect(Transcript.of(bytes, cutAt: [cut], role: .client).entries == expected)
        }
    }
}
