import Loop
package import Sessions
import Transport
import Wire

/// The sessions that are alive: what they are, whose, since when, what they hold, and how to end one.
package struct SessionEndpoints: Sendable {
    private let sessions: Sessions

    package init(_ sessions: Sessions) { self.sessions = sessions }

    package var routes: [Route] {
        [
            Route(
                .get, "/api/v1/sessions", "List the sessions that are alive", access: .atLeast(.viewer),
                documentation: Self.listing
            ) { call, loop async throws(HTTPError) in try await list(call, on: loop) },
            Route(
                .get, "/api/v1/sessions/{id}", "Look at a session", access: .atLeast(.viewer),
                documentation: Self.looking
            ) { call, loop async throws(HTTPError) in try await look(call, on: loop) },
            Route(
                .delete, "/api/v1/sessions/{id}", "End a session", access: .atLeast(.operators),
                documentation: Self.ending
            ) { call, loop async throws(HTTPError) in try await end(call, on: loop) },
        ]
    }

    private func list(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let infos = await sessions.list(try selection(call))
        let account = call.queried("account")
        let chosen = infos.filter { account == nil || $0.owner?.account == account }
        return try await .list(
            "sessions", chosen.map(SessionMessage.init), headers: [.cacheControl: "no-store"], on: loop)
    }

    private func selection(_ call: Call) throws(HTTPError) -> SessionSelection {
        guard let names = call.queried("kind") else {
            return call.queried("account").map { .account($0) } ?? .all
        }
        var kinds: Set<SessionKind> = []
        for name in names.split(separator: ",") {
            guard let kind = SessionKind.allCases.first(where: { $0.name == name }) else {
                let known = SessionKind.allCases.map(\.name).joined(separator: ", ")
                throw HTTPError(.badRequest, "There is no kind \"\(name)\"; there are \(known).")
            }
            kinds.insert(kind)
        }
        return .kinds(kinds)
    }

    private func look(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        try .json(SessionMessage(try await session(call)), headers: [.cacheControl: "no-store"])
    }

    private func end(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let id = try id(call)
        let (caller, own) = (call.caller, call.request.session?.id)
        let ending = Ending(.cancelled, caller.owner.map { "Ended by \($0.account)" })
        let hasEnded = try await sessions.end(id, with: ending) { info throws(HTTPError) in
            try Self.check(info, mayBeEndedBy: caller, whoseOwnIs: own)
        }
        guard let hasEnded else { throw Self.none(called: "\(id)") }
        guard hasEnded else { throw HTTPError(.conflict, "The session \(id) is ending already.") }
        return Response(.noContent)
    }

    private static func check(
        _ info: SessionInfo, mayBeEndedBy caller: Caller, whoseOwnIs own: SessionID?
    ) throws(HTTPError) {
        let isTheirs = info.owner != nil && info.owner?.account == caller.owner?.account
        guard isTheirs || caller.role == .admin else {
            throw HTTPError(.forbidden, "This session belongs to somebody else; that takes the role admin.")
        }
        guard info.kind != .watcher else {
            throw HTTPError(.conflict, "The server's own watchers end with the server.")
        }
        guard info.id != own else {
            throw HTTPError(.conflict, "You ask over this connection; close it to end it.")
        }
    }

    private func session(_ call: Call) async throws(HTTPError) -> SessionInfo {
        let id = try id(call)
        guard let info = await sessions.list(.one(id)).first else { throw Self.none(called: "\(id)") }
        return info
    }

    private func id(_ call: Call) throws(HTTPError) -> SessionID {
        let text = call.parameters["id"] ?? ""
        guard let id = SessionID(text) else { throw Self.none(called: text) }
        return id
    }

    private static func none(called text: String) -> HTTPError {
        HTTPError(.notFound, "There is no session \(text), or it has ended.")
    }

    // MARK: Documentation

    private static let listing = FeedEndpoints.document { page in
        page.text = "The oldest first, each with its owner, its age, its deadline and what it holds."
        page.parameters = [
            .init("kind", "Only of these kinds, separated by commas."),
            .init("account", "Only those of this account."),
        ]
        page.responses = [
            (200, "The sessions.", JSONSchema.text(ofList: "sessions", of: SessionMessage.self)),
            (400, "There is no such kind.", nil),
        ]
    }

    private static let looking = FeedEndpoints.document { page in
        page.responses = [
            (200, "The session.", JSONSchema.text(of: SessionMessage.self)), (404, "There is none.", nil),
        ]
    }

    private static let ending = FeedEndpoints.document { page in
        page.text = """
            Whoever is connected is told that a person ended it; a request that is being handled is cancelled. Of a \
            channel the connection stays. Admins may end anybody's sessions.
            """
        page.responses = [
            (204, "It ends.", nil), (403, "It belongs to somebody else.", nil), (404, "There is none.", nil),
            (
                409,
                "It is ending already, is a watcher of the server's own, or the connection that asks.", nil
            ),
        ]
    }
}
