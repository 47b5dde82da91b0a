import Testing
import Wire

@Suite struct HTTPHeadersTests {
    @Test func findsFieldsInAnyCaseAndKeepsTheirOrder() throws {
        let head = try requestHead("GET / HTTP/1.1\r\nhOST: h\r\nX-b: 1\r\nx-A: 2\r\nX-B: 3\r\n\r\n")
        #expect(head.headers[.host] == "h")
        #expect(head.headers["x-b"] == "1")
        #expect(head.headers.values(of: "X-B") == ["1", "3"])
        #expect(head.headers.pairs.map(\.name) == ["hOST", "X-b", "x-A", "X-B"])
        #expect(head.headers["X"] == nil)
    }

    @Test func replacesAllOfANameByOne() {
        var headers: HTTPHeaders = ["A": "1", "B": "2", "a": "3"]
        headers["A"] = "4"
        #expect(headers == ["B": "2", "a": "4"])
        headers["b"] = nil
        #expect(headers == ["A": "4"])
        headers.append("A", "5")
        #expect(headers.values(of: "a") == ["4", "5"])
        #expect(headers.count == 2)
    }

    @Test func readsListsOverSeveralLinesAndNotInsideQuotes() {
        let headers: HTTPHeaders = ["L": "a, ,b ,", "X": "z", "l": "\"c,\\\"d\", e"]
        #expect(headers.elements(of: "L") == ["a", "b", "\"c,\\\"d\"", "e"])
        #expect(headers.contains("L", element: "E"))
        #expect(!headers.contains("L", element: "c"))
        #expect(!headers.contains("M", element: "a"))
    }

    @Test func findsACookieAmongOthers() {
        let headers: HTTPHeaders = ["Cookie": "a=1; session=\"x=y\" ;b", "cookie": "late=2; a=3"]
        #expect(headers.cookie("a") == "1")
        #expect(headers.cookie("session") == "x=y")
        #expect(headers.cookie("late") == "2")
        #expect(headers.cookie("b") == nil)
        #expect(headers.cookie("ses") == nil)
        #expect(headers.cookie("A") == nil)
    }

    @Test func formatsACookieThatIsClosedToScriptsAndOtherSites() throws {
        var cookie = HTTPSetCookie("session", "abc", isSecure: true)
        #expect(try cookie.formatted() == "session=abc; Path=/; Secure; HttpOnly; SameSite=Strict")
        cookie.maxAge = 0
        cookie.domain = "h.example"
        cookie.isSecure = false
        cookie.isHTTPOnly = false
        cookie.sameSite = .lax
        #expect(try cookie.formatted() == "session=abc; Path=/; Domain=h.example; Max-Age=0; SameSite=Lax")
    }

    @Test(arguments: ["a;b", "a b", "a,b", "a\"", "a\\b", "a\r\nb", "\u{FC}"])
    func refusesACookieThatWouldBeReadAsSomethingElse(text: String) {
        #expect(throws: HTTPError.self) { try HTTPSetCookie("n", text, isSecure: true).formatted() }
        #expect(throws: HTTPError.self) { try HTTPSetCookie(text, "v", isSecure: true).formatted() }
    }

    @Test func refusesACookieAttributeThatBreaksOut() {
        var cookie = HTTPSetCookie("n", "v", isSecure: true)
        cookie.path = "/; Domain=evil"
        #expect(throws: HTTPError.self) { try cookie.formatted() }
    }
}
