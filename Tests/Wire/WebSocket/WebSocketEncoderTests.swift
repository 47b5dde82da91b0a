import Testing

@testable import Wire

@Suite struct WebSocketEncoderTests {
    static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], key: UInt32? = nil) -> [UInt8] {
        var output: [UInt8] = [0xAA]
        unsafe payload.withUnsafeBytes { unsafe WebSocketEncoder.append(opcode, $0, key: key, to: &output) }
        #expect(output.first == 0xAA)
        return Array(output.dropFirst())
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65535, 65536, 70000])
    func writesTheShortestForm(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(Self.frame(.binary, payload) == Frame(opcode: 2, payload: payload).unmasked().bytes)
        let key = UInt32(littleEndian: 0x3D21_FA37)
        let masked = Frame(opcode: 1, payload: payload, key: [0x37, 0xFA, 0x21, 0x3D]).bytes
        #expect(Self.frame(.text, payload, key: key) == masked)
        #expect(WebSocketEncoder.frameSize(payload: count, isMasked: true) == masked.count)
        #expect(WebSocketEncoder.headerSize(payload: count, isMasked: true) == masked.count - count)
        #expect(WebSocketEncoder.headerSize(payload: count) == masked.count - count - 4)
    }

    @Test func masksAndUnmasksLikeTheDefinitionAtEveryLengthAndAlignment() {
        for count in 0...300 {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 5 &+ 3) }
            let bytes = Frame(opcode: 2, payload: payload, key: [0x81, 0x02, 0xF3, 0x44]).bytes
            for shift in 0..<16 {
                var decoder = WebSocketDecoder(role: .server)
                var room = [UInt8](repeating: 0, count: shift) + bytes + [0xEE]
                let decoded: [UInt8]? = unsafe room.withUnsafeMutableBytes { buffer in
                    var input = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: buffer[shift..<shift + bytes.count])
                    guard case .message(.binary, let payload)? = try? unsafe decoder.next(&input) else {
                        return nil
                    }
                    return unsafe Array(payload)
                }
                #expect(decoded == payload)
                #expect(room.last == 0xEE)
            }
            let key = UInt32(littleEndian: 0x44F3_0281)
            #expect(Self.frame(.binary, payload, key: key) == bytes)
        }
    }

    @Test func cutsACloseReasonBetweenCharacters() {
        for (reason, kept) in [
            (String(repeating: "a", count: 123), String(repeating: "a", count: 123)),
            (String(repeating: "a", count: 124), String(repeating: "a", count: 123)),
            (String(repeating: "a", count: 122) + "é", String(repeating: "a", count: 122)),
            (String(repeating: "😀", count: 40), String(repeating: "😀", count: 30)),
            ("", ""),
        ] {
            var output: [UInt8] = []
            WebSocketEncoder.appendClose(.goingAway, reason: reason, to: &output)
            #expect(Transcript.of(output, role: .client).entries == [.close(1001, kept)])
        }
        var output: [UInt8] = []
        WebSocketEncoder.appendClose(nil, to: &output)
        #expect(output == [0x88, 0x00])
    }

    @Test(arguments: [1005, 1006, 1015] as [UInt16])
    func knowsWhichCodesNeverTravel(code: UInt16) {
        #expect(!WebSocketCloseCode(rawValue: code).mayTravel)
    }
}
