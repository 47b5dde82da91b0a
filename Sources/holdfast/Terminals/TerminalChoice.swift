import Configuration
import Wire

/// Which terminal to attach to.
enum TerminalChoice: Sendable {
    case named(TerminalName)
    case new(Wish)
    /// The only one of one's own that runs.
    case only

    /// A terminal as it is asked for.
    struct Wish: Encodable, Sendable {
        var template: String?
        var command: String?
        var args: [String]?
        var cols: UInt16?
        var rows: UInt16?
    }

    private struct Made: Decodable { let id: String }
    private struct Me: Decodable { let account: String }

    /// Its id; it is made first where it is a new one.
    func find(by access: ServerAccess) async throws(Failure) -> TerminalName {
        switch self {
        case .named(let name): return name
        case .new(let wish):
            let call = RemoteCall(.post, "/api/v1/terminals", body: try RemoteAnswer.body(wish))
            let made: Made = try RemoteAnswer.read(from: try await call.send(to: access))
            return try Self.name(made.id)
        case .only: return try await Self.only(access)
        }
    }

    private static func only(_ access: ServerAccess) async throws(Failure) -> TerminalName {
        let list: TerminalTable = try RemoteAnswer.read(
            from: try await RemoteCall(.get, "/api/v1/terminals").send(to: access))
        let me: Me = try RemoteAnswer.read(
            from: try await RemoteCall(.get, "/api/v1/me").send(to: access))
        let own = list.terminals.filter { $0.isRunning && ($0.owner == nil || $0.owner == me.account) }
        if own.count == 1 { return try name(own[0].id) }
        guard !own.isEmpty else {
            throw Failure(.missing, "No terminal of yours is running. `holdfast attach --new` makes one.")
        }
        Output.list(TerminalTable(terminals: own).text.split(separator: "\n").map(String.init))
        throw Failure(
            .usage,
            "Several terminals of yours are running. Name one of them, `holdfast attach \(own[0].id)`, or make "
                + "another by `holdfast attach --new`.")
    }

    private static func name(_ id: String) throws(Failure) -> TerminalName {
        guard let name = TerminalName(id) else {
            throw Failure(.protocolFault, "The server's answer names no terminal.")
        }
        return name
    }
}
