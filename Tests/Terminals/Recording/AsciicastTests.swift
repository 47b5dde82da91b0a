import Terminals
import TestKit
import Testing

@Suite struct AsciicastTests {
    private static let header = AsciicastHeader(
        columns: 80, rows: 24, timestamp: 1_700_000_000, title: "a \"title\"\\ \u{1F600}",
        command: "sh -c 'ls'",
        idleLimit: .milliseconds(2500), environment: ["TERM": "xterm-256color", "SHELL": "/bin/sh"])

    private static func read(_ bytes: [UInt8]) throws -> (AsciicastHeader?, [AsciicastEvent]) {
        var reader = AsciicastReader()
        let events = try reader.read(bytes) + reader.finish()
        return (reader.header, events)
    }

    private static func text(_ events: [AsciicastEvent]) -> String {
        events.map { if case .output(let text) = $0.what { text } else { "" } }.joined()
    }

    /// Bytes of which many begin characters, end them, or are none.
    private static func bytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        let pieces: [[UInt8]] = [
            Array("plain\r\n".utf8), Array("äé€\u{1F600}".utf8), [0xF0, 0x9F], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x80], [0x1B, 0x5B, 0x33, 0x31, 0x6D],
            [0, 7, 34, 92],
            [0xE0, 0x9F], [0xF0, 0x8F], [0xF1, 0x80, 0x80],
        ]
        return (0..<count).flatMap { _ in pieces.randomElement(using: &random)! }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func howeverTheBytesAreCutTheTextIsTheSame(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let bytes = Self.bytes(30, &random)
        var lines: [UInt8] = []
        var writer = AsciicastWriter(Self.header, to: &lines)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...9, using: &random))
            rest = rest.dropFirst(piece.count)
            writer.output(piece, at: .zero, to: &lines)
        }
        writer.finish(at: .zero, to: &lines)
        #expect(Self.text(try Self.read(lines).1) == String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func aRecordingThatIsReadBackIsWhatWasWrittenHoweverItIsCut(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines: [UInt8] = []
        var writer = AsciicastWriter(Self.header, recordsInput: true, to: &lines)
        var expected: [AsciicastEvent] = []
        var time = Duration.zero
        for number in 0..<40 {
            time += .microseconds(Int.random(in: 0...3_000_000, using: &random))
            let text = String(decoding: Self.bytes(3, &random), as: UTF8.self)
            switch number % 3 {
            case 0:
                writer.output(Array(text.utf8), at: time, to: &lines)
                expected.append(AsciicastEvent(at: time, .output(text)))
            case 1:
                writer.input(Array(text.utf8), at: time, to: &lines)
                expected.append(AsciicastEvent(at: time, .input(text)))
            default:
                writer.resize(columns: 10 + number, rows: 5, at: time, to: &lines)
                expected.append(AsciicastEvent(at: time, .resize(columns: 10 + number, rows: 5)))
            }
        }
        var reader = AsciicastReader()
        var events: [AsciicastEvent] = []
        var rest = lines[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...200, using: &random))
            rest = rest.dropFirst(piece.count)
            events += try reader.read(piece)
        }
        events += try reader.finish()
        #expect(reader.header == Self.header)
        #expect(events == expected)
    }

    @Test func whatIsTypedIsNotWrittenUnlessAsked() throws {
        var lines: [UInt8] = []
        var writer = AsciicastWriter(Self.header, to: &lines)
        writer.input(Array("secret".utf8), at: .zero, to: &lines)
        writer.finish(at: .zero, to: &lines)
        #expect(!String(decoding: lines, as: UTF8.self).contains("secret"))
        #expect(try Self.read(lines).1.isEmpty)
    }

    @Test func timesNeverGoBack() throws {
        var lines: [UInt8] = []
        var writer = AsciicastWriter(Self.header, to: &lines)
        writer.output(Array("a".utf8), at: .seconds(2), to: &lines)
        writer.output(Array("b".utf8), at: .seconds(1), to: &lines)
        #expect(try Self.read(lines).1.map(\.time) == [.seconds(2), .seconds(2)])
    }

    @Test func theFileIsAsAsciinemaWritesIt() {
        var lines: [UInt8] = []
        var writer = AsciicastWriter(AsciicastHeader(columns: 80, rows: 24), to: &lines)
        writer.output([0x1B, 0x5B, 0x6D, 0xC3], at: .milliseconds(1500), to: &lines)
        writer.output([0xA4], at: .seconds(2), to: &lines)
        #expect(
            String(decoding: lines, as: UTF8.self)
                == "{\"version\": 2, \"width\": 80, \"height\": 24}\n[1.500000, \"o\", \"\\u001b[m\"]\n[2.000000, \"o\", \"ä\"]\n"
        )
    }

    @Test func markersAndWhatIsNewerAreKept() throws {
        let text =
            "{\"version\":2,\"width\":1,\"height\":1,\"theme\":{\"fg\":\"#fff\"}}\n\n[1e0,\"m\",\"\\u00e4\"]"
        #expect(try Self.read(Array(text.utf8)).1 == [AsciicastEvent(at: .seconds(1), .other("m", "ä"))])
    }

    @Test func aLastLineThatWasCutIsLeftOut() throws {
        let text = "{\"version\":2,\"width\":1,\"height\":1}\n[1,\"o\",\"whole\"]\n[2,\"o\",\"cu"
        #expect(try Self.read(Array(text.utf8)).1 == [AsciicastEvent(at: .seconds(1), .output("whole"))])
    }

    @Test func aPlaceLeavesOutTheCharacterThatIsNotWholeYet() throws {
        var lines: [UInt8] = []
        var writer = AsciicastWriter(Self.header, to: &lines)
        writer.output(Array("ab".utf8) + [0xC3], at: .seconds(1), to: &lines)
        writer.place(13, to: &lines)
        writer.output([0xA4], at: .seconds(2), to: &lines)
        writer.place(14, to: &lines)
        #expect(
            try Self.read(lines).1 == [
                AsciicastEvent(at: .seconds(1), .output("ab")), AsciicastEvent(at: .seconds(1), .place(12)),
                AsciicastEvent(at: .seconds(2), .output("ä")), AsciicastEvent(at: .seconds(2), .place(14)),
            ])
    }

    @Test(arguments: [
        ("", 1), ("[]", 1), ("{\"version\":1,\"width\":1,\"height\":1}", 1), ("{\"version\":2}", 1),
        ("{\"version\":2,\"width\":1,\"height\":1}\n{}", 2),
        ("{\"version\":2,\"width\":1,\"height\":1}\n[1,\"o\"]", 2),
        ("{\"version\":2,\"width\":1,\"height\":1}\n[-1,\"o\",\"\"]", 2),
        ("{\"version\":2,\"width\":1,\"height\":1}\n[1,\"r\",\"80\"]", 2),
        ("{\"version\":2,\"width\":1,\"height\":1}\n[1,\"o\",\"\"]\n[1,\"o\n", 3),
        ("{\"version\":2,\"width\":1,\"hei", 1),
        ("{\"version\":2,\"width\":1,\"height\":1}\n[[1],\"o\",\"\"]", 2),
        ("{\"version\":2,\"width\":1,\"height\":1}\n[1,\"o\",\"\",\"\"]", 2),
    ])
    func whatIsNoRecordingIsNamedByItsLine(text: String, line: Int) {
        let error = #expect(throws: AsciicastError.self) { try Self.read(Array(text.utf8)) }
        #expect(error?.line == line)
    }
}
