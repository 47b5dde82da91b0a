import Testing

@testable import Wire

/// Text that is not UTF-8 is refused at the first byte that makes it so.
@Suite struct WebSocketTextTests {
    static let sample = Array("aé€😀z, and a tail of ASCII".utf8)

    @Test(arguments: sample.indices)
    func atEachPositionOfAFrame(bad: Int) {
        var payload = Self.sample
        payload[bad] = 0xFF
        let frame = Frame(opcode: 1, payload: payload).bytes
        let slow = Transcript.byteByByte(frame)
        #expect(slow.code == 1007)
        #expect(slow.given == 6 + bad + 1)
        #expect(Transcript.of(frame) == slow)
    }

    @Test(arguments: sample.indices)
    func atEachPositionOfAFragmentedMessage(bad: Int) {
        var payload = Self.sample
        payload[bad] = 0xFF
        let cut = 8
        let first = Frame(opcode: 1, payload: Array(payload[..<cut]), isFinal: false).bytes
        let bytes = first + Frame(opcode: 0, payload: Array(payload[cut...])).bytes
        let slow = Transcript.byteByByte(bytes)
        #expect(slow.code == 1007)
        #expect(slow.given == (bad < cut ? 6 : 12) + bad + 1)
        #expect(Transcript.of(bytes) == slow)
    }

    @Test(arguments: [
        // Autobahn 6.4.1 and 6.4.3: valid, then above U+10FFFF, then more.
        ([0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xF4, 0x90, 0x80, 0x80, 0x65], 7),
        ([0xC0, 0xAF], 1), ([0xE0, 0x80, 0xAF], 2), ([0xED, 0xA0, 0x80], 2), ([0xF0, 0x80, 0x80, 0xAF], 2),
        ([0xF5, 0x80], 1), ([0x80], 1), ([0x41, 0xE2, 0x28, 0xA1], 3), ([0xC3, 0x41], 2),
    ])
    func atTheByteThatDecides(payload: [UInt8], after: Int) {
        // The rest of the frame, and of the message, has not come.
        let frame = Frame(opcode: 1, payload: payload + [UInt8](repeating: 0x41, count: 50), isFinal: false)
        let slow = Transcript.byteByByte(frame.bytes)
        #expect(slow.code == 1007)
        #expect(slow.given == 6 + after)
    }

    @Test func aScalarMustEndWithItsMessage() {
        #expect(Transcript.of(Frame(opcode: 1, payload: [0x41, 0xE2, 0x82]).bytes).code == 1007)
        #expect(Transcript.byteByByte(Frame(opcode: 1, payload: [0x41, 0xE2, 0x82]).bytes).code == 1007)
    }

    @Test func aScalarMayBeCutBetweenFragments() {
        let bytes =
            Frame(opcode: 1, payload: [0xF0, 0x9F], isFinal: false).bytes
            + Frame(opcode: 0, payload: [0x98, 0x80]).bytes
        #expect(Transcript.of(bytes).entries == [.text("😀")])
    }
}
