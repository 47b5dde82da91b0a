package import Wire

/// What a request is answered with.
package struct Response {
    package enum Body {
        case none
        case bytes([UInt8])
        /// Goes on for as long as its source has something to say.
        case stream(any ResponseSource)
        /// The connection becomes a WebSocket.
        case webSocket(WebSocketUpgrade)
    }

    package var head: HTTPResponseHead
    package var body: Body

    package init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: Body = .none) {
        head = HTTPResponseHead(status, headers: headers)
        self.body = body
    }

    /// A WebSocket for `handler`.
    package static func webSocket(_ upgrade: WebSocketUpgrade) -> Response {
        Response(.switchingProtocols, body: .webSocket(upgrade))
    }
}

/// What a WebSocket is made with, once its handshake was found to be right.
package struct WebSocketUpgrade {
    package let handler: any WebSocketHandler
    package let key: String
    package let subprotocol: String?
    package let offeredExtensions: String?
    /// What its peer may send in one piece; nil for what all connections may.
    package let limits: WebSocketLimits?

    /// Checks a request that wants to become a WebSocket (RFC 6455, 4.2.1).
    package init(
        _ request: HTTPRequestHead, subprotocol: String? = nil, limits: WebSocketLimits? = nil,
        handler: any WebSocketHandler
    ) throws(HTTPError) {
        key = try Self.check(request)
        self.handler = handler
        self.subprotocol = subprotocol
        self.limits = limits
        let offers = request.headers.values(of: .secWebSocketExtensions)
        offeredExtensions = offers.isEmpty ? nil : offers.joined(separator: ", ")
    }

    /// The key of a proper handshake, or what is wrong with it.
    @discardableResult
    package static func check(_ request: HTTPRequestHead) throws(HTTPError) -> String {
        guard request.method == .get, request.upgradesToWebSocket else {
            throw HTTPError(
                .upgradeRequired, "This address is a WebSocket; ask for it with Upgrade: websocket.")
        }
        guard request.headers[.secWebSocketVersion] == "13" else {
            throw HTTPError(.upgradeRequired, "Only version 13 of the WebSocket protocol is spoken here.")
        }
        let keys = request.headers.values(of: .secWebSocketKey)
        guard keys.count == 1, WebSocketHandshake.isValidKey(keys[0]) else {
            throw HTTPError(.badRequest, "Sec-WebSocket-Key must be there once, 16 random bytes in base64.")
        }
        let offers = request.headers.values(of: .secWebSocketProtocol)
        guard offers.isEmpty || WebSocketHandshake.subprotocols(offers.joined(separator: ",")) != nil else {
            throw HTTPError(
                .badRequest, "Sec-WebSocket-Protocol must be different names, separated by commas.")
        }
        return keys[0]
    }
}
