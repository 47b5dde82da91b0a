/// The content codings that a client takes (RFC 9110 12.5.3).
package struct HTTPAcceptEncoding: Sendable {
    private let list: HTTPQualityList

    package init(_ headers: HTTPHeaders) { list = HTTPQualityList(headers, .acceptEncoding) }

    /// Whether gzip is taken, and not less gladly than the plain content.
    package var prefersGzip: Bool {
        let gzip = list.quality(ofFirst: "gzip", "x-gzip", "*") ?? 0
        return gzip > 0 && gzip >= list.quality(ofFirst: "identity") ?? 0
    }
}
