import Configuration
import JSONCoding
import Loop
import Sessions
import Terminals
import Transport
import Wire

/// Terminals over HTTP and WebSocket: making, looking, attaching, sharing, ending.
struct TerminalEndpoints: Sendable {
    let terminals: Terminals
    let templates: TerminalTemplates
    let launcher: TerminalLauncher
    let accounts: Accounts
    let audit: any AuditTrail
    let offload: Offload
    let shares: TerminalShares
    let actors: TerminalActors
    let figures = TerminalFigures()

    var routes: [Route] {
        let routes = changing + looking + acting + attaching + sharing + recording
        return launcher.settings.enabled ? routes : routes.map(Self.switchedOff)
    }

    private static func switchedOff(_ route: Route) -> Route {
        Route(
            route.method, route.path, route.summary, kind: route.kind, access: route.access,
            documentation: route.documentation
        ) { call, loop async throws(HTTPError) in
            throw HTTPError(
                .forbidden, "There are no terminals on this server: `terminals.enabled` is false.")
        }
    }

    // MARK: Making and ending

    private var changing: [Route] {
        [
            Route(
                .post, "/api/v1/terminals", "Open a terminal", access: .atLeast(.operators),
                documentation: TerminalDocumentation.opening
            ) { call, loop async throws(HTTPError) in try await begin(call, on: loop) },
            Route(
                .delete, "/api/v1/terminals/{id}", "End a terminal", access: .atLeast(.operators),
                documentation: TerminalDocumentation.ending
            ) { call, loop async throws(HTTPError) in try await end(call) },
        ]
    }

    private func begin(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        // Without a body it is a shell.
        let wish =
            call.request.head.headers.contains(.contentType)
            ? try await call.decode(TerminalMessages.Wish.self, on: loop) : .usual
        try wish.check()
        let name = wish.template ?? (wish.command == nil ? TerminalTemplates.Template.shell.name : nil)
        var template: TerminalTemplates.Template?
        if let name { template = try templates.template(name, for: call.caller) }
        let plan = try await launcher.plan(wish, with: template, for: call.caller, on: loop)
        var record = TerminalRecord(
            owner: call.caller.owner?.account, template: template?.name, title: wish.title ?? template?.title,
            launch: plan.launch, takeover: template.map { .init($0.takeover) } ?? .share,
            sizing: template.map { .init($0.sizing) } ?? .smallest,
            keeps: wish.keep ?? template?.keep ?? false,
            isRecorded: wish.recording ?? template?.recording ?? launcher.settings.recording,
            recordsInput: template?.recordInput ?? false, isPersonal: plan.isOfAccount)
        record.show(plan)
        let made = record
        let info = try await Self.heed { () throws(TerminalError) in
            try await terminals.begin(made, plan.launch, for: call.caller.owner)
        }
        note(.terminalOpened, info.record, "\(info.record.command)", by: call)
        return try .json(
            TerminalMessages.Terminal(info), status: .created,
            headers: ["Location": "/api/v1/terminals/\(info.record.id)", .cacheControl: "no-store"])
    }

    private func end(_ call: Call) async throws(HTTPError) -> Response {
        let (id, info) = try await find(call)
        let ending = Ending(.cancelled, call.caller.owner.map { "Ended by \($0.account)" })
        let hasEnded = try await Self.heed { () throws(TerminalError) in
            try await terminals.end(id, with: ending)
        }
        guard hasEnded else { throw HTTPError(.conflict, "The terminal \(id) is ending already, or over.") }
        note(.terminalEnded, info.record, "ended by a person", by: call)
        return try await answer(id, status: .accepted)
    }

    // MARK: Looking

    private var looking: [Route] {
        [
            Route(
                .get, "/api/v1/terminals", "List terminals", access: .atLeast(.operators),
                documentation: TerminalDocumentation.listing
            ) { call, loop async throws(HTTPError) in
                let infos = await terminals.list().filter { templates.admits(call.caller, to: $0.record) }
                return try await .list(
                    "terminals", infos.map(TerminalMessages.Terminal.init), headers: Self.fresh, on: loop)
            },
            Route(
                .get, "/api/v1/terminals/{id}", "Look at a terminal", access: .atLeast(.operators),
                documentation: TerminalDocumentation.looking
            ) { call, loop async throws(HTTPError) in
                try .json(TerminalMessages.Terminal(try await find(call).info), headers: Self.fresh)
            },
            Route(
                .get, "/api/v1/terminal-templates", "List what may be run on terminals",
                access: .atLeast(.operators), documentation: TerminalDocumentation.templates
            ) { call, loop async throws(HTTPError) in
                try await .list(
                    "templates", templates.all(for: call.caller).map(TerminalMessages.Template.init),
                    headers: Self.fresh, on: loop)
            },
        ]
    }

    // MARK: What all need

    /// Answers of a moment.
    static let fresh: HTTPHeaders = [.cacheControl: "no-store"]

    /// The terminal of the path, where whoever asks may come to it. Others' are not there.
    func find(_ call: Call) async throws(HTTPError) -> (id: TerminalID, info: TerminalInfo) {
        let id = try call.parameter("id", as: TerminalID.self)
        let info = try await Self.heed { () throws(TerminalError) in try await terminals.info(id) }
        guard templates.admits(call.caller, to: info.record) else {
            throw HTTPError(TerminalError.none(id.text))
        }
        return (id, info)
    }

    func answer(_ id: TerminalID, status: HTTPStatus = .ok) async throws(HTTPError) -> Response {
        let info = try await Self.heed { () throws(TerminalError) in try await terminals.info(id) }
        return try .json(TerminalMessages.Terminal(info), status: status, headers: Self.fresh)
    }

    func note(_ event: AuditEntry.Event, _ record: TerminalRecord, _ detail: String, by call: Call) {
        audit.record(
            AuditEntry(
                event, account: call.caller.owner?.account, signIn: call.caller.owner?.signIn,
                peer: call.asker,
                detail: "terminal \(record.id): \(detail)"))
    }

    static func heed<Answer: Sendable>(
        _ body: () async throws(TerminalError) -> Answer
    ) async throws(HTTPError) -> Answer {
        do throws(TerminalError) { return try await body() } catch { throw HTTPError(error) }
    }
}

extension TerminalMessages.Wish {
    /// A shell as the server has it.
    static let usual = Self(
        template: nil, command: nil, args: nil, cwd: nil, env: nil, cols: nil, rows: nil, title: nil,
        recording: nil, keep: nil)
}

extension TerminalRecord {
    /// What people see is what was asked for, and not what that is wrapped in.
    fileprivate mutating func show(_ plan: TerminalLauncher.Plan) {
        if !hasOwnTitle { title = plan.command }
        command = plan.command
        arguments = plan.arguments
        directory = plan.directory
    }
}

extension TerminalRecord.Takeover {
    fileprivate init(_ takeover: TerminalTemplates.Template.Takeover) {
        switch takeover {
        case .share: self = .share
        case .replace: self = .replace
        case .refuse: self = .refuse
        }
    }
}

extension TerminalRecord.Sizing {
    fileprivate init(_ sizing: TerminalTemplates.Template.Sizing) {
        switch sizing {
        case .smallest: self = .smallest
        case .latest: self = .latest
        }
    }
}
