import CLinux
import Glibc
import Loop
import Wire

/// Watches one task after the other over a WebSocket, and notes each message.
final class TaskWatcher {
    private var peer: Peer?
    private(set) var task: String?

    /// Goes to another task.
    func watch(_ task: String, of server: ServerUnderTest) throws {
        leave()
        let peer = try Peer(port: server.port)
        try peer.upgrade("/api/v1/ws/tasks/\(task)", token: server.token)
        self.peer = peer
        self.task = task
    }

    func leave() {
        peer?.close()
        peer = nil
        task = nil
    }

    /// Notes what has come, after at most so many milliseconds. False when nothing more is to come.
    func take(into ledger: inout TaskLedger, patience: CInt) throws -> Bool {
        guard let peer, let task else { return false }
        var waiting = pollfd(fd: peer.raw, events: Int16(POLLIN), revents: 0)
        guard unsafe peer.hasUnread || poll(&waiting, 1, patience) > 0 else { return true }
        let messages: [Peer.Message]
        do {
            messages = try peer.messages()
        } catch is SystemError {
            // A server that was killed resets what it had open.
            leave()
            return false
        }
        for message in messages {
            switch message {
            case .text(let text): try ledger.note(text, of: task)
            case .ping: try? peer.send(Peer.frame(.pong, ""))
            case .close, .cut:
                leave()
                return false
            }
        }
        return true
    }
}
