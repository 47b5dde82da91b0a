import Testing
import Wire

@Suite struct HTTPTargetTests {
    @Test(arguments: [
        ("/", []), ("/a", ["a"]), ("/a/b/", ["a", "b", ""]), ("//a", ["", "a"]),
        ("/a%20b/%C3%BC", ["a b", "\u{FC}"]),
        ("/a%2Fb/c", ["a/b", "c"]), ("/.well-known/x..y/...", [".well-known", "x..y", "..."]),
        ("/a+b", ["a+b"]),
        ("/{id}/[1]|2", ["{id}", "[1]|2"]), ("/%252e%252e/a", ["%2e%2e", "a"]),
    ])
    func cutsThePathAtItsSlashesAndUnescapesEachPiece(text: String, segments: [String]) throws {
        #expect(try HTTPTarget(text).segments == segments)
    }

    @Test func keepsPathAndQueryAsTheyWereSent() throws {
        let target = try HTTPTarget("/a%20b?x=%41&y")
        #expect(target.path == "/a%20b")
        #expect(target.query == "x=%41&y")
        #expect(target.description == "/a%20b?x=%41&y")
        #expect(try HTTPTarget("/?").query == "")
        #expect(try HTTPTarget("/").query == nil)
    }

    @Test func decodesParametersAsFormsSendThem() throws {
        let parameters = try HTTPTarget("/?after=42&name=a+b%2Bc%26&flag&empty=&name=2&&x=a=b").parameters
        #expect(parameters["after"] == "42")
        #expect(parameters["name"] == "a b+c&")
        #expect(parameters.values(of: "name") == ["a b+c&", "2"])
        #expect(parameters["flag"] == "")
        #expect(parameters["empty"] == "")
        #expect(parameters["x"] == "a=b")
        #expect(parameters["none"] == nil)
        #expect(parameters.parameters.count == 6)
    }

    @Test func mendsWhatIsNoUTF8InAParameter() {
        #expect(HTTPQuery("a=%ff")["a"] == "\u{FFFD}")
        #expect(HTTPQuery("a=100%")["a"] == "100%")
    }

    @Test func prefersTheAuthorityOfAnAbsoluteTargetToTheHostField() throws {
        let head = try requestHead("GET HTTP://a.example:8/x HTTP/1.1\r\nHost: b\r\n\r\n")
        #expect(head.authority == "a.example:8")
        #expect(head.target.form == .absolute)
        #expect(head.target.segments == ["x"])
    }

    @Test func escapesAndUnescapesToTheSame() throws {
        let text = "a b/c?d=\u{FC}&%\u{0}"
        let escaped = PercentEncoding.encode(text)
        #expect(escaped == "a%20b%2Fc%3Fd%3D%C3%BC%26%25%00")
        #expect(PercentEncoding.decode(escaped) == Array(text.utf8))
        #expect(PercentEncoding.decode("%4") == nil)
        #expect(PercentEncoding.decode("%g0") == nil)
        #expect(PercentEncoding.decode("a+b", plusIsSpace: true) == Array("a b".utf8))
    }
}
