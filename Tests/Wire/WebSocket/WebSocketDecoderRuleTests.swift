import Testing

@testable import Wire

/// Each rule of RFC 6455 that a frame can break, and the byte at which it must be noticed.
@Suite struct WebSocketDecoderRuleTests {
    struct Breach: Sendable {
        let rule: String
        let bytes: [UInt8]
        let code: UInt16
        /// How many bytes it takes to know.
        let after: Int
        var role = WebSocketRole.server
    }

    static let opened = Frame(opcode: 1, payload: [], isFinal: false).bytes

    static let breaches: [Breach] =
        [0x10, 0x20, 0x40].map {
            Breach(
                rule: "reserved bit", bytes: Frame(opcode: 1, payload: [], reserved: $0).bytes, code: 1002,
                after: 1)
        }
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map {
            Breach(rule: "reserved opcode", bytes: Frame(opcode: $0, payload: []).bytes, code: 1002, after: 1)
        }
        + [8, 9, 10].map {
            Breach(
                rule: "fragmented control frame", bytes: Frame(opcode: $0, payload: [], isFinal: false).bytes,
                code: 1002, after: 1)
        }
        + [8, 9, 10].map {
            Breach(
                rule: "long control frame",
                bytes: Frame(opcode: $0, payload: [UInt8](repeating: 0, count: 126)).bytes,
                code: 1002, after: 2)
        }
        + [
            Breach(rule: "no mask", bytes: Frame.text("").unmasked().bytes, code: 1002, after: 2),
            Breach(rule: "mask", bytes: Frame.text("").bytes, code: 1002, after: 2, role: .client),
            Breach(
                rule: "no message to continue", bytes: Frame(opcode: 0, payload: []).bytes, code: 1002,
                after: 1),
            Breach(
                rule: "message inside a message", bytes: opened + Frame.text("").bytes, code: 1002,
                after: opened.count + 1),
            Breach(rule: "16 bits for 125", bytes: [0x82, 0xFE, 0, 125, 0, 0, 0, 0], code: 1002, after: 4),
            Breach(
                rule: "64 bits for 65535", bytes: [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], code: 1002,
                after: 10),
            Breach(
                rule: "highest bit", bytes: [0x82, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0], code: 1002, after: 10),
            Breach(
                rule: "half a close code", bytes: Frame(opcode: 8, payload: [3]).bytes, code: 1002, after: 7),
            Breach(
                rule: "close reason", bytes: Frame(opcode: 8, payload: [3, 0xE8, 0xC3, 0x28]).bytes,
                code: 1007,
                after: 10),
        ]
        + [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map {
            Breach(rule: "close code", bytes: Frame.close($0).bytes, code: 1002, after: 8)
        }

    @Test(arguments: breaches)
    func isNoticedAtItsByte(breach: Breach) {
        let slow = Transcript.byteByByte(breach.bytes, role: breach.role)
        #expect(slow.code == breach.code, "\(breach.rule)")
        #expect(slow.given == breach.after, "\(breach.rule)")
        #expect(Transcript.of(breach.bytes, role: breach.role) == slow)
    }

    @Test(arguments: [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ])
    func aLawfulCloseCodeIsRead(code: UInt16) {
        #expect(Transcript.of(Frame.close(code, "é").bytes).entries == [.close(code, "é")])
    }

    @Test func aCloseFrameMayBeEmpty() {
        #expect(Transcript.of(Frame(opcode: 8, payload: []).bytes).entries == [.close(nil, "")])
    }

    @Test func aMessageOfJustTheLimitPassesAndOneByteMoreDoesNot() {
        let limits = WebSocketLimits(message: 200)
        for count in [200, 201] {
            let payload = [UInt8](repeating: 7, count: count)
            let half = Frame(opcode: 2, payload: Array(payload[..<100]), isFinal: false).bytes
            let rest = Frame(opcode: 0, payload: Array(payload[100...])).bytes
            for bytes in [Frame(opcode: 2, payload: payload).bytes, half + rest] {
                let slow = Transcript.byteByByte(bytes, limits: limits)
                #expect(slow.entries == (count == 200 ? [.binary(payload)] : []))
                #expect(slow.code == (count == 200 ? nil : 1009))
                #expect(Transcript.of(bytes, limits: limits) == slow)
            }
        }
    }

    @Test func aMessageTooBigIsRefusedAtItsHeader() {
        let slow = Transcript.byteByByte([0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 11))
        #expect(slow.code == 1009)
        #expect(slow.given == 14)
    }

    @Test func aFrameLongerThanAllowedIsRefused() {
        let limits = WebSocketLimits(message: 1000, frame: 100)
        #expect(
            Transcript.of(Frame(opcode: 2, payload: .init(repeating: 0, count: 101)).bytes, limits: limits)
                .code == 1009)
        #expect(
            Transcript.of(Frame(opcode: 2, payload: .init(repeating: 0, count: 100)).bytes, limits: limits)
                .error == nil)
    }
}
