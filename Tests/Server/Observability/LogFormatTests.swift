import Loop
import Testing
import Wire

@testable import Server

@Suite struct LogFormatTests {
    private let time = Timestamp(milliseconds: 1_769_860_800_000)

    private func line(_ format: LogFormat, _ message: String, _ fields: LogFields) -> String {
        String(decoding: format.line(.info, message, fields, at: time), as: UTF8.self)
    }

    @Test func onATerminalALineIsKeysAndValues() {
        #expect(
            line(
                .text, "request", ["path": "/a", "ms": .decimal(0.25), "account": .none, "end": "two words"])
                == "ts=2026-01-31T12:00:00.000Z level=info msg=\"request\" path=/a ms=0.25 end=\"two words\"\n"
        )
    }

    @Test func forProgramsALineIsAnObject() {
        #expect(
            line(.json, "said \"hi\"", ["n": 7, "ok": true, "x": .none])
                == #"{"ts":"2026-01-31T12:00:00.000Z","level":"info","msg":"said \"hi\"","n":7,"ok":true}"#
                + "\n")
    }

    @Test(arguments: [LogFormat.text, .json])
    func nothingThatAPeerSentDrivesTheTerminalOrBreaksTheLine(format: LogFormat) {
        let nasty = "a\u{1B}[2J\r\n\u{0}\u{7F}\u{9B}31m\u{202E}\u{2028}\u{2066}b"
        let line = line(format, nasty, ["path": .text(nasty)])
        let dangerous = line.unicodeScalars.dropLast().filter {
            $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || (0x2028...0x202E).contains($0.value)
                || (0x2066...0x2069).contains($0.value)
        }
        #expect(dangerous.isEmpty)
        #expect(line.contains(#"\u001b[2J\r\n\u0000\u007f\u009b31m\u202e"#))
    }

    @Test func aValueCannotLookLikeAnotherField() {
        #expect(line(.text, "m", ["path": "/a level=error"]).contains(#"path="/a level=error""#))
        #expect(line(.text, "m", ["path": "a=b"]).contains(#"path="a=b""#))
        #expect(line(.text, "m", ["path": ""]).contains(#"path="""#))
    }

    @Test func aValueIsCutWhereItIsTooLong() {
        #expect(line(.json, "m", ["path": .text(String(repeating: "é", count: 10_000))]).utf8.count < 5000)
    }

    @Test(arguments: [
        ("/a", "/a"), ("/a?x=1&y=", "/a?x=1&y="), ("/a?token=t0p", "/a?token=***"),
        ("/a?x=1&ticket=abc&after=2", "/a?x=1&ticket=***&after=2"),
        ("/a?access_token=a=b", "/a?access_token=***"),
        ("/a?ToKeN=x", "/a?ToKeN=***"), ("/a?%74oken=x", "/a?%74oken=***"), ("/a?token", "/a?token"),
        ("/token=x", "/token=x"),
        ("/a?api-key=x&Bearer=x&X_Auth_Token=x&sig=x", "/a?api-key=***&Bearer=***&X_Auth_Token=***&sig=***"),
        ("/a?author=x&keys=x", "/a?author=x&keys=x"),
    ])
    func secretsInAnAddressAreNotLogged(target: String, logged: String) throws {
        #expect(LoggedTarget.text(try HTTPTarget(target)) == logged)
    }

    /// `S` stands for as many letters and digits as a secret has.
    @Test(arguments: [
        ("/hf_S/x?a=hf_S&hf_S", "/hf_***/x?a=hf_***&hf_***"), ("/a?x=hf_S&hf_S=1", "/a?x=hf_***&hf_***=1"),
        ("/a?x=hf%5FS", "/a?x=***"), ("/h%66_S/x", "/***/x"), ("/xhf_Sy", "/xhf_***"),
        ("/S?S", "/***?***"), ("/S0", "/S0"), ("/hf_builds", "/hf_builds"),
    ])
    func whatLooksLikeASecretIsNotLogged(target: String, logged: String) throws {
        let secret = String(Secret.make().text)
        func text(_ pattern: String) -> String {
            pattern.split(separator: "S", omittingEmptySubsequences: false).joined(separator: secret)
        }
        #expect(LoggedTarget.text(try HTTPTarget(text(target))) == text(logged))
        let cut = "/hf_\(secret.dropLast())"
        #expect(LoggedTarget.text(try HTTPTarget(cut)) == "/hf_***")
        #expect(SecretShape.masked("No hf_\(secret), no \(secret).") == "No hf_***, no ***.")
    }
}
