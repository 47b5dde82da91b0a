import Feeds
import Sessions
import Transport
import Wire

extension Call {
    /// A whole number of the query; nil where it is not given.
    func number(_ name: String) throws(HTTPError) -> UInt64? {
        guard let text = queried(name) else { return nil }
        guard let number = UInt64(text) else {
            throw HTTPError(.badRequest, "`\(name)` must be a whole number; it is \"\(text)\".")
        }
        return number
    }

    /// The first value of that name in the query.
    func queried(_ name: String) -> String? {
        guard request.head.target.query != nil else { return nil }
        return request.head.target.parameters[name]
    }

    /// The feed name in the path.
    func feedName() throws(HTTPError) -> FeedName {
        let text = parameters["name"] ?? ""
        guard let name = FeedName(text) else { throw HTTPError(FeedError.badName(text)) }
        return name
    }

    func condition() -> FeedCondition {
        let headers = request.head.headers
        switch HTTPEntityTagList(headers, .ifMatch) {
        case .any?: return .exists
        case .tags(let tags)?: return .oneOf(tags.filter { !$0.isWeak }.compactMap { FeedVersion($0.opaque) })
        case nil: return HTTPEntityTagList(headers, .ifNoneMatch) == .any ? .absent : .none
        }
    }

    /// The session of the connection that it came over.
    var session: Session {
        get throws(HTTPError) {
            guard let session = request.session else {
                throw HTTPError(.upgradeRequired, "This needs a connection of its own.")
            }
            return session
        }
    }

    func upgrade(to handler: any WebSocketHandler) throws(HTTPError) -> Response {
        .webSocket(
            try WebSocketUpgrade(request.head, subprotocol: request.head.subprotocol, handler: handler))
    }
}

extension HTTPRequestHead {
    /// The subprotocol to agree to: a browser that offers some and gets none fails. `bearer` comes with a token
    /// behind it, which must not be repeated.
    var subprotocol: String? {
        let fields = headers.values(of: .secWebSocketProtocol)
        let offers = fields.joined(separator: ",").split { $0 == "," || $0 == " " }
        return (offers.first { $0 == "bearer" } ?? offers.first).map(String.init)
    }
}

extension Response {
    static func json(_ text: [UInt8], headers: HTTPHeaders = [:], status: HTTPStatus = .ok) -> Response {
        var response = Response(status, headers: headers, body: .bytes(text))
        response.head.headers.append(.contentType, "application/json")
        return response
    }
}
