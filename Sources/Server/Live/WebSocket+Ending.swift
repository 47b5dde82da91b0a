import Loop
import Sessions
import Transport
import Wire

extension WebSocket {
    /// Ends as its session does, with a last message and the ending's close frame.
    ///
    /// Who has lost the right to be here is not waited for when it is slow to read, and a server that goes down
    /// waits no longer than a close handshake.
    ///
    /// - Parameter speaks: whether the peer understands a last message.
    func end(_ ending: Ending, speaking speaks: Bool = true, on loop: isolated EventLoop) {
        guard isOpen else { return }
        if !isDrained, ending.reason == .signedOut || ending.reason == .replaced {
            return abort(.ours, ending.webSocketCode, ending.closeText, on: loop)
        }
        if speaks { unsafe LiveMessage.end(ending).withUnsafeBytes { unsafe send(.text, $0, on: loop) } }
        close(
            ending.webSocketCode, ending.closeText, hurry: ending.reason == .serverShutdown, on: loop)
    }
}
