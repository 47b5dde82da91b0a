import JSONCoding
import Loop
import Sessions
import Terminals
import Transport
import Wire

/// Links by which others may look at a terminal.
extension TerminalEndpoints {
    private static let usualLifetime = 3600
    private static let longestLifetime = 7 * 86_400

    var sharing: [Route] {
        [
            Route(
                .post, "/api/v1/terminals/{id}/share", "Make a link to look at a terminal",
                access: .atLeast(.operators), documentation: TerminalDocumentation.sharing
            ) { call, loop async throws(HTTPError) in try await share(call, on: loop) },
            Route(
                .get, "/api/v1/terminals/{id}/shares", "List the links to a terminal",
                access: .atLeast(.operators), documentation: TerminalDocumentation.shares
            ) { call, loop async throws(HTTPError) in
                let id = try await find(call).id
                let shares = shares.list(of: id, at: accounts.now)
                return try await .list(
                    "shares", shares.map(TerminalMessages.Share.init), headers: Self.fresh, on: loop)
            },
            Route(
                .delete, "/api/v1/terminals/{id}/shares/{share}", "End a link to a terminal",
                access: .atLeast(.operators), documentation: TerminalDocumentation.unsharing
            ) { call, loop async throws(HTTPError) in
                let (id, info) = try await find(call)
                let name = call.parameter("share")
                guard shares.end(name, of: id) else {
                    throw HTTPError(.notFound, "There is no such link, or it has ended.")
                }
                note(.terminalUnshared, info.record, "link \(name)", by: call)
                return Response(.noContent)
            },
        ]
    }

    private func share(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let wish =
            call.request.head.headers.contains(.contentType)
            ? try await call.decode(TerminalMessages.ShareWish.self, on: loop) : .init(expiresIn: nil)
        let seconds = wish.expiresIn?.value ?? Self.usualLifetime
        guard (1...Self.longestLifetime).contains(seconds) else {
            throw HTTPError(
                .unprocessableContent,
                "\"expires_in\" is a number of seconds from 1 to \(Self.longestLifetime).")
        }
        let (caller, now) = (call.caller, accounts.now)
        let (record, (share, token)) = try await whileRunning(call) {
            [shares] (_, info, _) throws(HTTPError) in
            try shares.make(of: info.record, by: caller, at: now, lifetime: .seconds(seconds))
        }
        note(.terminalShared, record, "link \(share.id), for \(seconds) s", by: call)
        let url = "\(call.webSocketBase)/api/v1/ws/terminals/\(record.id)/shared?token=\(token.text)"
        return try .json(
            TerminalMessages.NewShare(id: share.id, url: url, token: token.text, expiresAt: share.expiresAt),
            status: .created, headers: Self.fresh)
    }
}

extension Call {
    /// Where whoever asks found the server; nothing where it did not say.
    fileprivate var webSocketBase: String {
        request.head.headers[.host].map { "\(isSecure ? "wss" : "ws")://\($0)" } ?? ""
    }
}

extension TerminalMessages.Share {
    fileprivate init(_ share: TerminalShare) {
        self.init(
            id: share.id, account: share.account, createdAt: share.createdAt, expiresAt: share.expiresAt,
            viewers: share.viewers)
    }
}
