package import Wire

/// What a client asks for when it asks for a WebSocket.
package struct WebSocketRequest: Sendable {
    package var url: URLAddress
    package var headers: HTTPHeaders
    /// The first that the server knows is spoken.
    package var subprotocols: [String]
    /// What is offered for compressed messages; nil to offer nothing.
    package var deflate: PermessageDeflate?
    /// Where to go, to a Unix socket perhaps, instead of where the URL's host leads.
    package var address: SocketAddress?

    package init(
        _ url: URLAddress, headers: HTTPHeaders = [:], subprotocols: [String] = [],
        deflate: PermessageDeflate? = nil, at address: SocketAddress? = nil
    ) {
        self.url = url
        self.headers = headers
        self.subprotocols = subprotocols
        self.deflate = deflate
        self.address = address
    }

    func request(key: String) -> ClientRequest {
        var headers = headers
        headers.append(.upgrade, "websocket")
        headers.append(.connection, "Upgrade")
        headers.append(.secWebSocketVersion, "13")
        headers.append(.secWebSocketKey, key)
        if !subprotocols.isEmpty {
            headers.append(.secWebSocketProtocol, subprotocols.joined(separator: ", "))
        }
        if let deflate { headers.append(.secWebSocketExtensions, deflate.offer) }
        return ClientRequest(.get, url, headers: headers, at: address)
    }

    /// Holds the answer to what was asked (RFC 6455, 4.1): the compression and the subprotocol agreed on.
    func check(
        _ head: HTTPResponseHead, key: String
    ) throws(ClientError) -> (deflate: PermessageDeflate?, subprotocol: String?) {
        guard head.headers.contains(.upgrade, element: "websocket"),
            head.headers.contains(.connection, element: "Upgrade")
        else { throw .malformed("It switches to another protocol than WebSocket.") }
        guard head.headers.values(of: .secWebSocketAccept) == [WebSocketHandshake.accept(forKey: key)] else {
            throw .malformed("Sec-WebSocket-Accept does not belong to the key that was sent.")
        }
        let spoken = head.headers.values(of: .secWebSocketProtocol)
        guard spoken.count <= 1, spoken.allSatisfy(subprotocols.contains) else {
            throw .malformed("It speaks a subprotocol that was not asked for.")
        }
        let extensions = head.headers.values(of: .secWebSocketExtensions)
        guard !extensions.isEmpty else { return (nil, spoken.first) }
        guard let deflate else { throw .malformed("It uses an extension that was not offered.") }
        do throws(WebSocketError) {
            return (try deflate.agreement(onAnswer: extensions.joined(separator: ", ")), spoken.first)
        } catch {
            throw .malformed(error.reason)
        }
    }
}
