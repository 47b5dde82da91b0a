import Loop
import Wire

/// Tells who wants a terminal on a channel of the multiplexed socket where to find it.
struct TerminalSource: LiveSource {
    func open(_ request: LiveRequest, on loop: isolated EventLoop) throws(HTTPError) -> (any LiveTarget)? {
        guard request.path.first == "terminals" else { return nil }
        throw HTTPError(
            .badRequest,
            "A terminal's bytes need a WebSocket of their own: /api/v1/ws/\(request.path.joined(separator: "/").prefix(100))."
        )
    }
}
