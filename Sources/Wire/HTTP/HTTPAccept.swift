/// The media types that a client takes (RFC 9110 12.5.1).
package struct HTTPAccept: Sendable {
    private let list: HTTPQualityList

    package init(_ headers: HTTPHeaders) { list = HTTPQualityList(headers, .accept) }

    /// How much the client likes a type such as `text/event-stream`, in thousandths; 0 is not at all. One
    /// that says nothing takes everything.
    package func quality(of type: String) -> Int {
        if list.entries.isEmpty { return 1000 }
        let range = type.prefix { $0 != "/" } + "/*"
        return list.quality(ofFirst: type, String(range), "*/*") ?? 0
    }

    /// The offer the client likes best, the earlier of two it likes the same; nil when it takes none.
    /// `offers` are in lower case, the server's favourite first.
    package func preferred(among offers: [String]) -> String? {
        var best: (offer: String, quality: Int)?
        for offer in offers {
            let quality = quality(of: offer)
            if quality > best?.quality ?? 0 { best = (offer, quality) }
        }
        return best?.offer
    }
}
