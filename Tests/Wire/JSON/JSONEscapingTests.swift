import TestKit
import Testing
import Wire

@Suite struct JSONEscapingTests {
    private func escaped(_ text: [UInt8]) -> [UInt8] {
        unsafe text.withUnsafeBytes { text in
            unsafe [UInt8](unsafeUninitializedCapacity: text.count * JSONText.longestEscape + 1) {
                target, count in
                unsafe count = JSONText.escape(text, to: UnsafeMutableRawPointer(target.baseAddress!))
            }
        }
    }

    @Test func eachCharacterIsEscapedAsItIsElsewhereWhereverItStands() {
        for scalar in Array(UInt32(0)...0x17F) + [0x2028, 0x1F600] {
            let character = String(Unicode.Scalar(scalar)!)
            for before in 0...9 {
                for after in [0, 1, 8] {
                    let text =
                        String(repeating: "a", count: before) + character
                        + String(repeating: "z", count: after)
                    var quoted: [UInt8] = []
                    JSONText.quote(text, to: &quoted)
                    #expect(
                        escaped(Array(text.utf8)) == Array(quoted.dropFirst().dropLast()),
                        "\(scalar), \(before)")
                }
            }
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func textThatIsAllSpecialIsEscapedWhole(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let text = String(
            decoding: (0..<5000).map { _ in UInt8.random(in: 0...0x7F, using: &random) }, as: UTF8.self)
        var quoted: [UInt8] = []
        JSONText.quote(text, to: &quoted)
        #expect(escaped(Array(text.utf8)) == Array(quoted.dropFirst().dropLast()))
    }
}
