/// What a session is the life of.
package enum SessionKind: UInt8, CaseIterable, Sendable {
    case connection, websocket, channel, sse, watcher, task, terminal

    /// As logs, metrics and messages say it.
    package var name: String {
        switch self {
        case .connection: "connection"
        case .websocket: "websocket"
        case .channel: "channel"
        case .sse: "sse"
        case .watcher: "watcher"
        case .task: "task"
        case .terminal: "terminal"
        }
    }

    /// Whether its opening and its end go to the audit trail. Bare requests do not, nor do the server's
    /// own watchers and the channels inside a connection that is audited itself.
    package var isAudited: Bool {
        switch self {
        case .websocket, .sse, .task, .terminal: true
        case .connection, .channel, .watcher: false
        }
    }

    /// Whether it ends with the sign-in of its owner. Over a bare connection each request shows its own, and a
    /// channel ends with the connection that carries it; a task or a terminal goes on when who began it has left.
    var endsWithSignIn: Bool {
        switch self {
        case .websocket, .sse: true
        case .connection, .channel, .watcher, .task, .terminal: false
        }
    }
}
