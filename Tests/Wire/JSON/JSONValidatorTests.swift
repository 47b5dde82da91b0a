import FoundationEssentials
import Testing
@testable import Wire

struct JSONValidatorTests {
    private func minified(_ text: String) throws(JSONError) -> String {
        var bytes = Array(text.utf8)
        try JSONValidator.minify(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (" 1 ", "1"), ("-0", "-0"), ("0.5e+10", "0.5e+10"), ("1E400", "1E400"), ("\t\"a b\"\r\n", "\"a b\""),
        ("[ ]", "[]"), ("{ }", "{}"), ("[ 1 , 2 ,\n[ true , false , null ] ]", "[1,2,[true,false,null]]"),
        (#"{ "a" : { "b c" : [ { } ] } , "a" : "\u00e9\n\/" }"#, #"{"a":{"b c":[{}]},"a":"\u00e9\n\/"}"#),
        (#""\ud83d\ude00 😀 é""#, #""\ud83d\ude00 😀 é""#),
        (#""  spaces  in  texts  ""#, #""  spaces  in  texts  ""#),
    ])
    func spaceBetweenTokensGoesAndNothingElse(text: String, expected: String) throws {
        #expect(try minified(text) == expected)
        #expect(try minified(expected) == expected)
    }

    @Test(
        arguments: [
            ("", .endsEarly, 0), ("  ", .endsEarly, 2), ("{", .endsEarly, 1), ("[1", .endsEarly, 2),
            ("\"abc", .endsEarly, 4), ("tru", .endsEarly, 3), ("1.", .endsEarly, 2), ("-", .endsEarly, 1),
            ("[1,]", .noValue, 3), ("[,1]", .noValue, 1), ("}", .noValue, 0), ("\u{FEFF}1", .noValue, 0),
            ("01", .badNumber, 0), ("+1", .noValue, 0), (".5", .noValue, 0), ("1.e5", .badNumber, 0),
            ("1ee5", .badNumber, 0), ("-a", .badNumber, 0), ("trux", .badLiteral, 0), ("NaN", .badLiteral, 0),
            ("True", .badLiteral, 0), (#""\x41""#, .badEscape, 1), (#""\u12g4""#, .badEscape, 1),
            (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
            (#""\ud800\u0041""#, .loneSurrogate, 1), ("\"a\u{01}\"", .controlCharacter, 2),
            ("\"0123456789\n\"", .controlCharacter, 11), ("{1:2}", .noKey, 1), ("{\"a\":1,}", .noKey, 7),
            ("{\"a\" 1}", .noColon, 5), ("[1 2]", .noCommaOrEnd, 3), ("[1}", .noCommaOrEnd, 2),
            ("{\"a\":1]", .noCommaOrEnd, 6), ("1 2", .textBehind, 2), ("{}x", .textBehind, 2),
        ] as [(String, JSONError.Problem, Int)])
    func whatIsNoJSONIsRefusedAtItsByte(text: String, problem: JSONError.Problem, offset: Int) {
        #expect(throws: JSONError(problem: problem, offset: offset)) { try minified(text) }
    }

    @Test(
        arguments: [
            [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0x22, 0xF0, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xFF, 0x22],
        ] as [[UInt8]])
    func badUTF8IsRefused(bytes: [UInt8]) {
        var bytes = bytes
        #expect(throws: JSONError(problem: .badUTF8, offset: 1)) { try JSONValidator.minify(&bytes) }
    }

    @Test func depthHasALimit() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try minified(deep) == deep)
        #expect(throws: JSONError(problem: .tooDeep(limit: 64), offset: 64)) { try minified("[\(deep)]") }
        var mixed = Array(String(repeating: "{\"a\":[", count: 64).utf8)
        mixed += String(repeating: "]}", count: 64).utf8
        try JSONValidator.minify(&mixed, depth: 128)
        #expect(mixed.count == 64 * 8)
    }

    /// Whatever one byte of a good document becomes, Foundation and we agree on whether it is still one.
    @Test func everyMutationIsJudgedAsFoundationJudgesIt() {
        let document = Array(
            #"{"a": [1, -2.5e3, "t\u00e9xt", true, null], "b": {"c": "0123456789abcdef"}}"#.utf8)
        for position in document.indices {
            for byte in [
                0x00, 0x20, 0x22, 0x2C, 0x2D, 0x2E, 0x30, 0x3A, 0x5B, 0x5C, 0x5D, 0x65, 0x7B, 0x7D, 0x80,
            ] {
                var mutant = document
                mutant[position] = UInt8(byte)
                var ours = mutant
                let isOurs = (try? JSONValidator.minify(&ours)) != nil
                let theirs = try? JSONDecoder().decode(Anything.self, from: Data(mutant))
                #expect(isOurs == (theirs != nil), "\(String(decoding: mutant, as: UTF8.self))")
            }
        }
    }

    @Test func membersAreFoundAtTheTopOnly() throws {
        let text =
            #"{"op":"open","n":{"channel":1},"channel":7,"list":[1,{"op":"x"}],"text":"a\"\u00e9,}","op":"end"}"#
        let object = try #require(JSONObject(minified: Array(text.utf8)))
        #expect(object.text("op") == "end")
        #expect(object.number("channel") == 7)
        #expect(object.text("text") == "a\"é,}")
        #expect(object["list"].map { String(decoding: $0, as: UTF8.self) } == #"[1,{"op":"x"}]"#)
        #expect(object["none"] == nil)
        #expect(JSONObject(minified: Array("{}".utf8))?["a"] == nil)
        #expect(JSONObject(minified: Array("[]".utf8)) == nil)
    }
}

/// Any JSON at all.
private struct Anything: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let keyed = try? decoder.container(keyedBy: Key.self) {
            for key in keyed.allKeys { _ = try keyed.decode(Anything.self, forKey: key) }
        } else if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd { _ = try list.decode(Anything.self) }
        } else {
            // Numbers and texts are looked at only when they are asked for.
            let value = try decoder.singleValueContainer()
            if !value.decodeNil(), (try? value.decode(Bool.self)) == nil,
                (try? value.decode(Double.self)) == nil
            {
                _ = try value.decode(String.self)
            }
        }
    }
}
