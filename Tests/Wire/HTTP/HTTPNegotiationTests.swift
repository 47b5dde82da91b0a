import Testing
import Wire

@Suite struct HTTPNegotiationTests {
    static let json = "application/json"
    static let stream = "text/event-stream"

    @Test(
        arguments: [
            (nil, json), ("*/*", json), ("text/event-stream", stream), ("TEXT/Event-Stream", stream),
            ("text/*", stream),
            ("application/json, text/event-stream", json),
            ("application/json;q=0.5, text/event-stream", stream),
            ("*/*;q=0.1, text/event-stream", stream), ("text/html", nil), ("application/json;q=0", nil),
            ("text/html, */*;q=0.01", json), ("application/json;q=2, text/*;q=0.3", stream),
            ("application/json;charset=utf-8 ; q=0.2, text/event-stream;q=0.1", json),
        ] as [(String?, String?)])
    func picksWhatTheClientLikesBest(accept: String?, choice: String?) {
        var headers = HTTPHeaders()
        headers[.accept] = accept
        #expect(HTTPAccept(headers).preferred(among: [Self.json, Self.stream]) == choice)
    }

    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("deflate, gzip, br", true), ("GZIP;q=0.5", true),
            ("x-gzip", true),
            ("*", true), ("gzip;q=0", false), ("gzip;q=0, *", false), ("*;q=0", false),
            ("identity, gzip;q=0.5", false),
            ("br", false), ("gzip;q=0.000", false), ("gzip;q=0.001", true), ("gzip;q=bad", false),
            ("gzip;q=0.0001", false),
        ] as [(String?, Bool)])
    func compressesOnlyForWhoLikesItNoLess(accept: String?, compresses: Bool) {
        var headers = HTTPHeaders()
        headers[.acceptEncoding] = accept
        #expect(HTTPAcceptEncoding(headers).prefersGzip == compresses)
    }
}
