import TestKit
import Testing

@testable import Wire

@Suite struct UTF8ValidatorTests {
    static func isValid(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe UTF8Validator.isValid($0) }
    }

    /// The standard library's opinion.
    static func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    @Test func agreesWithTheStandardLibraryOnEveryPair() {
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max
            where Self.isValid([first, second]) != Self.isText([first, second]) {
                Issue.record("\(first) \(second)")
            }
        }
    }

    /// Every lead byte, followed by every combination of the bytes at the edges of what may follow.
    @Test func agreesWithTheStandardLibraryAtEveryEdge() {
        let edges: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF4, 0xFF,
        ]
        for lead in UInt8(0xC0)...0xFF {
            for b in edges {
                for c in edges {
                    for d in edges {
                        for bytes in [[lead, b, c], [lead, b, c, d]]
                        where Self.isValid(bytes) != Self.isText(bytes) {
                            Issue.record("\(bytes)")
                        }
                    }
                }
            }
        }
    }

    @Test func agreesWithTheStandardLibraryOnLongerText() {
        var random = SeededRandom(seed: 7)
        let pieces = ["plain ASCII that is long enough", "é", "€", "😀", "\u{10FFFF}", "\u{D7FF}\u{E000}"]
        for _ in 0..<2000 {
            var bytes = (0..<Int.random(in: 1...12, using: &random))
                .flatMap { _ in Array(pieces.randomElement(using: &random)!.utf8) }
            if Bool.random(using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var validator = UTF8Validator()
            let fits = [bytes[..<cut], bytes[cut...]].allSatisfy { part in
                unsafe part.withUnsafeBytes { unsafe validator.accept($0) }
            }
            #expect((fits && validator.isComplete) == Self.isText(bytes), "\(bytes)")
            #expect(Self.isValid(bytes) == Self.isText(bytes), "\(bytes)")
        }
    }
}
