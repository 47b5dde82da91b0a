import TestKit
import Testing

@testable import Wire

@Suite struct WebSocketCompressionTests {
    static func read(_ payloads: [UInt8]..., deflate: PermessageDeflate = PermessageDeflate()) -> Transcript {
        Transcript.of(
            payloads.flatMap { Frame(opcode: 1, payload: $0, reserved: 0x40).bytes }, deflate: deflate)
    }

    static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    @Test func readsTheExamplesOfTheRFC() {
        // RFC 7692, 7.2.3: one block; two messages of one window; no compression; a final block; two blocks.
        let one: [Transcript.Entry] = [.text("Hello")]
        #expect(Self.read(Self.hello).entries == one)
        #expect(Self.read(Self.hello, [0xF2, 0x00, 0x11, 0x00, 0x00]).entries == one + one)
        #expect(Self.read(Self.hello, Self.hello, deflate: .forgetful).entries == one + one)
        let stored: [UInt8] = [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]
        let final: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
        let two: [UInt8] = [
            0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00,
        ]
        #expect(Self.read(stored, final, two, Self.hello).entries == one + one + one + one)
    }

    @Test func aFinalBlockMayEndAMessageBare() {
        let final: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        #expect(
            Self.read(final, final, Self.hello).entries == [.text("Hello"), .text("Hello"), .text("Hello")])
    }

    @Test func anEmptyMessageMayBeCompressed() {
        #expect(Self.read([0x00], [0x02, 0x00], [0x03, 0x00]).entries == [.text(""), .text(""), .text("")])
        // Nothing at all is not even an empty block.
        #expect(Self.read([]).code == 1007)
        #expect(Self.read([0x00], []).code == 1007)
    }

    @Test(
        arguments: [[0x07], [0xFF, 0xFF], [0xF2, 0x48, 0xCD], [0x00, 0x05, 0x00, 0xFA, 0xFE]] as [[UInt8]])
    func damagedDataIsRefused(payload: [UInt8]) {
        #expect(Self.read(payload).code == 1007)
    }

    @Test func aReferenceBehindTheWindowIsRefused() {
        #expect(Self.read([0xF2, 0x00, 0x11, 0x00, 0x00]).code == 1007)
        #expect(Self.read(Self.hello, [0xF2, 0x00, 0x11, 0x00, 0x00], deflate: .forgetful).code == 1007)
    }

    @Test func onlyTheFirstFrameOfAMessageMayBeMarked() {
        let first = Frame(opcode: 1, payload: [0xF2], isFinal: false, reserved: 0x40).bytes
        let bytes = first + Frame(opcode: 0, payload: [0x48], reserved: 0x40).bytes
        #expect(Transcript.of(bytes, deflate: .forgetful).code == 1002)
        #expect(
            Transcript.of(Frame(opcode: 9, payload: [], reserved: 0x40).bytes, deflate: .forgetful).code
                == 1002)
        #expect(Transcript.of(first).code == 1002)
    }

    @Test func badTextIsRefusedWhileItInflates() throws {
        let text: [UInt8] = [0x41, 0xED, 0xA0] + [UInt8](repeating: 0x42, count: 200)
        let deflater = try Deflater(PermessageDeflate.Side(), threshold: 0)
        var frame: [UInt8] = []
        unsafe text.withUnsafeBytes { unsafe deflater.appendFrame(.text, $0, to: &frame) }
        #expect(Transcript.of(frame, role: .client, deflate: PermessageDeflate()).code == 1007)
        #expect(Transcript.byteByByte(frame, role: .client, deflate: PermessageDeflate()).code == 1007)
    }

    @Test func aMessageOfJustTheLimitInflatesAndOneByteMoreDoesNot() throws {
        let deflater = try Deflater(PermessageDeflate.Side())
        let payload = [UInt8](repeating: 0x61, count: 5000)
        var frame: [UInt8] = []
        unsafe payload.withUnsafeBytes { unsafe deflater.appendFrame(.binary, $0, to: &frame) }
        #expect(frame.count < 100)
        for (limit, code) in [(5000, nil), (4999, 1009)] as [(Int, UInt16?)] {
            let limits = WebSocketLimits(message: limit)
            let whole = Transcript.of(frame, role: .client, limits: limits, deflate: PermessageDeflate())
            #expect(whole.code == code)
            #expect(
                Transcript.byteByByte(frame, role: .client, limits: limits, deflate: PermessageDeflate())
                    == whole)
        }
    }

    @Test func aBombTakesNoMoreThanTheLimitAndOneStep() throws {
        let deflater = try Deflater(PermessageDeflate.Side(), level: 9)
        let payload = [UInt8](repeating: 0, count: 64 << 20)
        var bomb: [UInt8] = []
        unsafe payload.withUnsafeBytes { unsafe deflater.appendFrame(.binary, $0, to: &bomb) }
        #expect(bomb.count < 100_000)
        let inflater = try Inflater(windowBits: 15, keepsContext: true)
        var output = ByteStore()
        let limit = 1 << 20
        #expect(throws: WebSocketError.messageTooBig) {
            try unsafe bomb.withUnsafeBytes { bytes in
                // Behind the header of the frame.
                let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[(bomb.count < 65540 ? 4 : 10)...])
                try unsafe inflater.inflate(body, into: &output, limit: limit)
            }
        }
        let (count, capacity) = (output.count, output.capacity)
        #expect(count == limit + 1)
        #expect(capacity <= 2 * limit)
    }

    @Test(arguments: [9, 10, 12, 15], [true, false])
    func whatIsDeflatedInflates(windowBits: Int, keepsContext: Bool) throws {
        let side = PermessageDeflate.Side(keepsContext: keepsContext, windowBits: windowBits)
        let agreed = PermessageDeflate(server: side, client: side)
        let deflater = try Deflater(side, threshold: 0)
        var random = SeededRandom(seed: 11)
        var frames: [UInt8] = []
        var sent: [Transcript.Entry] = []
        for count in [0, 1, 2, 127, 500, 4000, 70_000] {
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let words = (0..<count).map { _ in UInt8.random(in: 0x61...0x64, using: &random) }
            for (kind, payload) in [(WebSocketMessageKind.binary, noise), (.text, words), (.text, words)] {
                unsafe payload.withUnsafeBytes {
                    unsafe deflater.appendFrame(kind, $0, key: 0x0102_0304, to: &frames)
                }
                sent.append(
                    kind == .text ? .text(String(decoding: payload, as: UTF8.self)) : .binary(payload))
            }
        }
        #expect(Transcript.of(frames, deflate: agreed).entries == sent)
        let cuts = Array(stride(from: 1000, to: frames.count, by: 1777))
        #expect(Transcript.of(frames, cutAt: cuts, deflate: agreed).entries == sent)
    }

    @Test func contextMakesARepeatedMessageShorter() throws {
        let text =
            "{\"type\":\"queue_update\",\"data\":{\"waiting\":17,\"running\":4,\"words\":\"some of them\"}}"
        func sizes(keepsContext: Bool) throws -> [Int] {
            let deflater = try Deflater(PermessageDeflate.Side(keepsContext: keepsContext), threshold: 0)
            return (0..<2).map { _ in
                var frame: [UInt8] = []
                unsafe Array(text.utf8).withUnsafeBytes { unsafe deflater.appendFrame(.text, $0, to: &frame) }
                return frame.count
            }
        }
        let kept = try sizes(keepsContext: true)
        #expect(kept[1] < kept[0] / 3)
        let forgot = try sizes(keepsContext: false)
        #expect(forgot[1] == forgot[0])
    }

    @Test func shortAndIncompressibleMessagesGoPlain() throws {
        let deflater = try Deflater(PermessageDeflate.Side(keepsContext: false), threshold: 100)
        var random = SeededRandom(seed: 3)
        let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        for payload in [[UInt8](repeating: 0x61, count: 99), noise] {
            var frame: [UInt8] = []
            unsafe payload.withUnsafeBytes { unsafe deflater.appendFrame(.binary, $0, to: &frame) }
            #expect(frame == Frame(opcode: 2, payload: payload).unmasked().bytes)
        }
    }

    @Test func oneFrameServesReadersWithAndWithoutContext() throws {
        let deflater = try Deflater(PermessageDeflate.Side(keepsContext: false, windowBits: 12), threshold: 0)
        let text = String(repeating: "the same entry for everyone, ", count: 20)
        var frame: [UInt8] = []
        unsafe Array(text.utf8).withUnsafeBytes { unsafe deflater.appendFrame(.text, $0, to: &frame) }
        for keepsContext in [true, false] {
            for windowBits in [12, 15] {
                let side = PermessageDeflate.Side(keepsContext: keepsContext, windowBits: windowBits)
                let agreed = PermessageDeflate(server: side, client: side)
                #expect(
                    Transcript.of(frame + frame, role: .client, deflate: agreed).entries
                        == [.text(text), .text(text)])
            }
        }
    }
}
