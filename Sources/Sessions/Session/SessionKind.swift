/// What a session is the life of.
package enum SessionKind: UInt8, CaseIterable, Sendable {
    case connection, websocket, channel, reader, sse, task, terminal, run, watcher

    /// As logs, metrics and messages say it.
    package var name: String {
        switch self {
        case .connection: "connection"
        case .websocket: "websocket"
        case .channel: "channel"
        case .reader: "reader"
        case .sse: "sse"
        case .task: "task"
        case .terminal: "terminal"
        case .run: "run"
        case .watcher: "watcher"
        }
    }

    /// Whether its opening and its end go to the audit trail. Bare requests do not, nor do the server's
    /// own watchers and the readers inside a connection that is audited itself.
    package var isAudited: Bool {
        switch self {
        case .websocket, .sse, .task, .terminal, .run: true
        case .connection, .channel, .reader, .watcher: false
        }
    }
}
