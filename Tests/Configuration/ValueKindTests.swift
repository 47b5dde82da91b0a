import Configuration
import Testing

@Suite struct ValueKindTests {
    /// What `kind` makes of `text`, written back, or its complaint.
    private func outcome<Value>(_ kind: ValueKind<Value>, _ text: String) -> String {
        do throws(Complaint) { return kind.print(try kind.parse(text)) } catch { return "! \(error.text)" }
    }

    @Test(arguments: [
        ("0s", Duration.zero), ("250ms", .milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)),
        ("1h30m", .seconds(5400)), ("2d", .seconds(172_800)), ("1s500ms", .milliseconds(1500)),
        ("90s", .seconds(90)),
    ])
    func durationsAreRead(_ text: String, _ duration: Duration) throws {
        #expect(try Duration(text: text) == duration)
        #expect(try Duration(text: duration.text) == duration)
    }

    @Test(arguments: [
        "", "s", "10", "10 s", "-1s", "+1s", "1.5s", "10sec", "1s1s", "1s1m", "10S", "٣s", "1ms1",
        "99999999999999999999s", "9223372036854775807d", "10s ",
    ])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try Duration(text: text) }
    }

    @Test(arguments: [
        ("0B", 0), ("512B", 512), ("64KiB", 65536), ("1MiB", 1 << 20), ("2GiB", 2 << 30), ("1kB", 1000),
        ("3MB", 3_000_000), ("1GB", 1_000_000_000),
    ])
    func sizesAreRead(_ text: String, _ bytes: Int) throws {
        #expect(try ByteSize(text: text).bytes == bytes)
        #expect(try ByteSize(text: ByteSize(bytes).description).bytes == bytes)
    }

    @Test(arguments: ["", "64", "KiB", "64K", "64kib", "-1B", "1.5MiB", "64 KiB", "9223372036854775807GiB"])
    func whatIsNoSizeIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try ByteSize(text: text) }
    }

    @Test(arguments: [("0660", "0660"), ("600", "0600"), ("0777", "0777"), ("000", "0000")])
    func fileModesAreRead(_ text: String, _ written: String) {
        #expect(outcome(.fileMode, text) == written)
    }

    @Test(arguments: ["", "66", "0o660", "1777", "0888", "-660", "00660", "rw"])
    func whatIsNoFileModeIsRefused(_ text: String) {
        #expect(outcome(.fileMode, text).hasPrefix("! is not a file's mode"))
    }

    @Test(arguments: [
        ("127.0.0.1:8002", "127.0.0.1:8002", true), ("[::1]:0", "[::1]:0", true),
        ("[0:0:0:0:0:0:0:1]:1", "[::1]:1", true), ("localhost:80", "127.0.0.1:80", true),
        ("0.0.0.0:8002", "0.0.0.0:8002", false), ("[::]:8002", "[::]:8002", false),
        ("127.9.9.9:65535", "127.9.9.9:65535", true), ("unix:/run/h.sock", "unix:/run/h.sock", true),
    ])
    func addressesAreRead(_ text: String, _ written: String, _ local: Bool) throws {
        let address = try ListenAddress(text: text)
        #expect(address.description == written)
        #expect(address.isLocal == local)
    }

    @Test(arguments: [
        ("8002", "has no port"), (":8002", "names no address"), ("*:8002", "names no address"),
        ("127.0.0.1", "has no port"), ("127.0.0.1:65536", "is out of range"),
        ("127.0.0.1:+80", "has no port"),
        ("127.0.0.1:99999999999999999999", "is out of range"), ("::1:8002", "in brackets"),
        ("[127.0.0.1]:1", "is not an address"), ("example.com:80", "is not an address"),
        ("http://127.0.0.1:8002", "is not an address"), ("unix:run/h.sock", "absolute path"),
        ("unix:/" + String(repeating: "x", count: 107), "107 bytes"), ("", "has no port"),
        ("127.0.0.1\0:80", "is not an address"),
    ])
    func whatIsNoAddressIsRefusedWithAdvice(_ text: String, _ advice: String) {
        #expect(outcome(.listenAddress, text).contains(advice), "\(outcome(.listenAddress, text))")
        #expect(outcome(.listenAddress, text).hasPrefix("!"))
    }

    @Test func networksHoldTheAddressesThatBeginAlike() throws {
        func holds(_ network: String, _ address: String) throws -> Bool {
            try NetworkRange(text: network).contains(#require(IPAddress(address)))
        }
        #expect(try holds("10.0.0.0/8", "10.255.0.1"))
        #expect(try !holds("10.0.0.0/8", "11.0.0.1"))
        #expect(try holds("172.16.0.0/12", "172.31.255.255"))
        #expect(try !holds("172.16.0.0/12", "172.32.0.0"))
        #expect(try holds("10.64.0.0/11", "10.95.0.1"))
        #expect(try !holds("10.64.0.0/11", "10.96.0.1"))
        #expect(try holds("0.0.0.0/0", "1.2.3.4"))
        #expect(try holds("192.0.2.7", "192.0.2.7"))
        #expect(try !holds("192.0.2.7", "192.0.2.6"))
        #expect(try holds("fd00::/8", "fdff::1"))
        #expect(try !holds("0.0.0.0/0", "::1"))
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "x", "10.0.0.0/", "::/129"])
    func whatIsNoNetworkIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try NetworkRange(text: text) }
    }

    @Test func numbersStayInTheirRange() {
        #expect(outcome(.integer(0...10), "10") == "10")
        #expect(outcome(.integer(0...10), "11") == "! is out of range: from 0 to 10")
        #expect(outcome(.integer(0...10), "+1") == "! is not a whole number")
        #expect(outcome(.integer(0...10), "0x1") == "! is not a whole number")
        #expect(outcome(.percent(0...100), "15%") == "15%")
        #expect(outcome(.percent(0...100), "15") == "! is not a percentage: write `10%`")
    }

    @Test func wordsAreSuggested() {
        #expect(
            outcome(.choice(of: Settings.Log.Level.self), "waring")
                == "! is not one of `debug`, `info`, `warning`, `error`; did you mean `warning`?")
        #expect(outcome(.boolean, "yes") == "! is neither `true` nor `false`")
    }

    @Test(arguments: ["https://app.example.com", "http://localhost:3000", "HTTPS://App.Example.com"])
    func originsAreRead(_ text: String) {
        #expect(outcome(.origin, text) == text.lowercased())
    }

    @Test(arguments: [
        "*", "app.example.com", "https://", "https://a/", "https://a/b", "ftp://a", "https://a b", "",
    ])
    func whatIsNoOriginIsRefused(_ text: String) {
        #expect(outcome(.origin, text).hasPrefix("!"))
    }

    @Test func listsAndAbsenceAreRead() {
        #expect(outcome(.list(of: .integer(0...9)), "1, 2,3") == "1,2,3")
        #expect(outcome(.list(of: .integer(0...9)), "") == "")
        #expect(outcome(.list(of: .integer(0...9)), "1,x") == "! (item 2) is not a whole number")
        #expect(outcome(.optional(.integer(0...9), none: "never"), "never") == "never")
    }
}
