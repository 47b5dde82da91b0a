import Configuration
import Loop
import Sessions
import Terminals
import Transport
import Wire

/// Coming to a terminal by WebSocket.
extension TerminalEndpoints {
    var attaching: [Route] {
        [
            Route(
                .get, "/api/v1/ws/terminals/{id}", "Attach to a terminal", kind: .webSocket,
                access: .atLeast(.operators), documentation: TerminalDocumentation.attaching
            ) { call, loop async throws(HTTPError) in try await attach(call) },
            Route(
                .get, "/api/v1/ws/terminals/{id}/shared", "Look at a terminal by a link", kind: .webSocket,
                access: .signed, documentation: TerminalDocumentation.visiting
            ) { call, loop async throws(HTTPError) in try await visit(call) },
        ]
    }

    private func attach(_ call: Call) async throws(HTTPError) -> Response {
        let (id, info) = try await find(call)
        let (isWriter, takesOver) = (try !call.flag("read_only"), try call.flag("takeover"))
        let claim = isWriter ? call.claim : .none
        // Told before the upgrade where that is possible; what happens until it is attached decides.
        if isWriter, info.state == .running {
            let terminal = try await Self.heed { () throws(TerminalError) in try terminals.terminal(id) }
            let mayCome = await terminal.run { terminal, _ in
                terminal.admits(claim, takingOver: takesOver)
            }
            if !mayCome { throw HTTPError(TerminalError.taken) }
        }
        let way = Way(owner: call.caller.owner, isWriter: isWriter, takesOver: takesOver, claim: claim)
        return try await upgrade(call, to: id, way)
    }

    /// Who comes by a link may look at one terminal, for as long as the link is good.
    private func visit(_ call: Call) async throws(HTTPError) -> Response {
        let id = try call.parameter("id", as: TerminalID.self)
        let now = accounts.now
        guard let share = shares.find(call.queried("token") ?? "", for: id, at: now),
            let credential = try await accounts.credentials.find(share.credential),
            // Who made it may have less to say by now than when they did.
            templates.admits(Caller(credential, means: .bearer), to: share.record)
        else {
            throw HTTPError(
                .unauthorized,
                "The link is unknown, was ended or has expired, or its terminal is over. Ask for another.")
        }
        let way = Way(owner: credential.owner, isWriter: false, life: share.expiresAt - now, share: share)
        return try await upgrade(call, to: id, way)
    }

    /// What one who comes may, and for how long.
    private struct Way {
        var owner: SessionOwner?
        var isWriter: Bool
        var takesOver = false
        var claim = TypistClaim.none
        var life: Duration?
        var share: TerminalShare?
    }

    private func upgrade(_ call: Call, to id: TerminalID, _ way: Way) async throws(HTTPError) -> Response {
        let terminal = try await Self.heed { () throws(TerminalError) in try terminals.terminal(id) }
        let ticket = TerminalTicket(
            id: id, terminal: terminal, log: await terminal.run { terminal, _ in terminal.log },
            session: try call.session, owner: way.owner, asker: call.asker, after: try call.offset(),
            size: way.isWriter ? try call.size() : nil, isWriter: way.isWriter, takesOver: way.takesOver,
            claim: way.claim, hasControl: try call.hasControl(), life: way.life, share: way.share,
            audit: audit, figures: figures)
        // Who may type may paste.
        let message = launcher.settings.message
        let limits = way.isWriter ? WebSocketLimits(message: message, frame: message) : nil
        return try call.upgrade(to: TerminalReader(ticket), limits: limits)
    }
}

extension Call {
    /// `1` or `true` for yes; not given for no.
    fileprivate func flag(_ name: String) throws(HTTPError) -> Bool {
        switch queried(name) {
        case nil, "0"?, "false"?: false
        case "1"?, "true"?: true
        case let other?:
            throw HTTPError(.badRequest, "`\(name)` is 1 or 0; it is \"\(other.prefix(50))\".")
        }
    }

    fileprivate var claim: TypistClaim {
        switch queried("typist") {
        case nil: .none
        case "new"?: .new
        case let name?: .back(String(name.prefix(50)))
        }
    }

    fileprivate func hasControl() throws(HTTPError) -> Bool {
        switch queried("control") {
        case nil, "text"?: true
        case "none"?: false
        case let other?:
            throw HTTPError(.badRequest, "`control` is text or none; it is \"\(other.prefix(50))\".")
        }
    }

    fileprivate func offset() throws(HTTPError) -> UInt64? {
        guard let text = queried("after") else { return nil }
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, let offset = UInt64(text) else {
            throw HTTPError(
                .badRequest,
                "`after` is how many bytes of the terminal you have had; it is \"\(text.prefix(50))\".")
        }
        return offset
    }

    fileprivate func size() throws(HTTPError) -> TerminalSize? {
        let (cols, rows) = (queried("cols"), queried("rows"))
        guard cols != nil || rows != nil else { return nil }
        guard let cols = cols.flatMap({ Int($0) }), let rows = rows.flatMap({ Int($0) }),
            let size = TerminalSize(checking: cols, rows)
        else {
            throw HTTPError(.badRequest, TerminalError.badSize.sentence)
        }
        return size
    }
}
