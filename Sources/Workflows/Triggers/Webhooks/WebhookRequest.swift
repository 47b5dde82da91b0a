package import Wire

/// A delivery as it comes over the wire.
package struct WebhookRequest: Sendable {
    package static let bodyLimit = 1 << 20
    private static let longestName = 200

    package let headers: HTTPHeaders
    package let body: [UInt8]

    package init(headers: HTTPHeaders, body: [UInt8]) {
        self.headers = headers
        self.body = body
    }

    /// Whether it comes from the source. More than one header of a kind is never right: readers differ on which counts.
    func isFrom(_ source: WebhookSource) -> Bool {
        switch source.kind {
        case .github:
            guard let signature = only("X-Hub-Signature-256") else { return false }
            return BodySignature.isRight(signature, of: body, secret: source.secret)
        case .bearer:
            guard let text = only(.authorization), text.prefix(7).lowercased() == "bearer " else {
                return false
            }
            return BodySignature.isRight(token: String(text.dropFirst(7)), secret: source.secret)
        }
    }

    /// What it is about; empty where it does not say. What is hidden is so before a long name is cut, which might leave
    /// the half of a secret.
    func event(of source: WebhookSource, hiding secrets: SecretPatterns = SecretPatterns()) -> String {
        let text = only(source.kind == .github ? "X-GitHub-Event" : "X-Holdfast-Event") ?? ""
        return String(secrets.masked(text).prefix(Self.longestName))
    }

    /// By which it is known again: what GitHub calls it, or the hash of what was sent and of the sender's own
    /// `Idempotency-Key`, so that the same body with another key is another delivery.
    func id(of source: WebhookSource) -> String {
        if source.kind == .github, let id = only("X-GitHub-Delivery"),
            (1...Self.longestName).contains(id.utf8.count)
        {
            return id
        }
        let head = "\(only("Idempotency-Key") ?? "")\n\(event(of: source))\n"
        return BodySignature.hexadecimal(BodySignature.digest(Array(head.utf8) + body))
    }

    private func only(_ name: HTTPHeaderName) -> String? {
        let values = headers.values(of: name)
        return values.count == 1 ? values[0] : nil
    }
}
