import Testing
import Wire

@Suite struct HTTPPreconditionsTests {
    static let tag = HTTPEntityTag("v2")
    static let changed = HTTPDate("Sun, 06 Nov 1994 08:49:37 GMT")

    static let same = "Sun, 06 Nov 1994 08:49:37 GMT"
    static let before = "Sun, 06 Nov 1994 08:49:36 GMT"

    static let table: [(String, String, HTTPPreconditions)] = [
        ("GET", "X: y", .proceed),
        ("GET", "If-None-Match: \"v2\"", .notModified), ("HEAD", "If-None-Match: W/\"v2\"", .notModified),
        ("GET", "If-None-Match: \"v1\", \"v2\"", .notModified), ("GET", "If-None-Match: *", .notModified),
        ("GET", "If-None-Match: \"v1\"", .proceed), ("GET", "If-None-Match: v2", .proceed),
        ("PUT", "If-None-Match: *", .failed), ("PUT", "If-None-Match: \"v1\"", .proceed),
        ("PUT", "If-Match: \"v2\"", .proceed), ("PUT", "If-Match: W/\"v2\"", .failed),
        ("PUT", "If-Match: \"v1\"", .failed), ("PUT", "If-Match: *", .proceed),
        ("PUT", "If-Match: nonsense", .failed),
        ("GET", "If-Match: \"v2\"\r\nIf-None-Match: \"v2\"", .notModified),
        ("GET", "If-Modified-Since: \(same)", .notModified),
        ("GET", "If-Modified-Since: \(before)", .proceed),
        ("GET", "If-Modified-Since: yesterday", .proceed), ("POST", "If-Modified-Since: \(same)", .proceed),
        ("GET", "If-None-Match: \"v1\"\r\nIf-Modified-Since: \(same)", .proceed),
        ("PUT", "If-Unmodified-Since: \(same)", .proceed), ("PUT", "If-Unmodified-Since: \(before)", .failed),
        ("PUT", "If-Unmodified-Since: never", .proceed),
        ("PUT", "If-Match: \"v2\"\r\nIf-Unmodified-Since: \(before)", .proceed),
    ]

    @Test(arguments: table)
    func decidesInTheOrderOfTheStandard(method: String, fields: String, outcome: HTTPPreconditions) throws {
        let head = try requestHead("\(method) / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n")
        #expect(HTTPPreconditions(of: head, entityTag: Self.tag, lastModified: Self.changed) == outcome)
    }

    @Test func matchesNoTagWhereThereIsNone() throws {
        let head = try requestHead("GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"v2\"\r\n\r\n")
        #expect(HTTPPreconditions(of: head, entityTag: nil, lastModified: nil) == .proceed)
    }

    @Test func readsTagsAsTheyAreWritten() {
        for tag in [HTTPEntityTag("a"), HTTPEntityTag("a", isWeak: true), HTTPEntityTag("")] {
            #expect(HTTPEntityTag(parsing: tag.description) == tag)
        }
        for text in ["a", "\"a", "\"", "w/\"a\"", "\"a\"b\"", "\"a b\"", "W/a"] {
            #expect(HTTPEntityTag(parsing: text) == nil)
        }
    }
}
