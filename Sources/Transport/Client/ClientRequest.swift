package import Wire

/// A request that a client makes. The Host field and those that frame the body are written for it.
package struct ClientRequest: Sendable {
    package var method: HTTPMethod
    package var url: URLAddress
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// Where to go, to a Unix socket perhaps, instead of where the URL's host leads.
    package var address: SocketAddress?

    package init(
        _ method: HTTPMethod = .get, _ url: URLAddress, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
        at address: SocketAddress? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.address = address
    }

    /// The whole request as it goes over the wire.
    func bytes() throws(ClientError) -> [UInt8] {
        var headers = headers
        if !headers.contains(.host) { headers.append(.host, url.authority) }
        let length = body.map { HTTPBodyLength.exactly(UInt64($0.count)) } ?? .none
        var bytes: [UInt8] = []
        do throws(HTTPError) {
            let head = try HTTPRequestHead(method, url.target, headers: headers)
            var writer = try head.write(length, to: &bytes)
            if let body { try writer.write(body.span, to: &bytes) }
            try writer.end(to: &bytes)
        } catch {
            throw .badAddress(error.sentence)
        }
        return bytes
    }
}
