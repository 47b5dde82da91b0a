@testable import Wire

/// A frame as bytes, written the plain way, lawful or not.
struct Frame {
    var opcode: UInt8
    var payload: [UInt8]
    var isFinal = true
    var reserved: UInt8 = 0
    var key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]

    static func text(_ text: String) -> Frame { Frame(opcode: 1, payload: Array(text.utf8)) }
    static func ping(_ text: String) -> Frame { Frame(opcode: 9, payload: Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> Frame {
        Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
    }

    var bytes: [UInt8] {
        var out = [opcode | reserved | (isFinal ? 0x80 : 0)]
        let mask: UInt8 = key == nil ? 0 : 0x80
        switch payload.count {
        case ..<126: out.append(UInt8(payload.count) | mask)
        case ..<65536: out += [126 | mask, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: out += [127 | mask] + (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 0xFF) }
        }
        guard let key else { return out + payload }
        return out + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    func unmasked() -> Frame {
        var frame = self
        frame.key = nil
        return frame
    }
}
