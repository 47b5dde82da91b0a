import Sessions
import Wire

/// What came of one terminal over the connections of one attachment: its bytes, how far they go, and how it ended.
struct TerminalTranscript {
    /// How many bytes the terminal had said when the last of ours was; a new connection goes on there.
    private(set) var position: UInt64?
    /// Whether the connection that there is has begun to hand out the terminal's bytes.
    private(set) var isAttached = false
    private(set) var canWrite = false
    /// What the terminal calls us, and how much of what we typed it has taken, where it counts that.
    private(set) var typist: String?
    private(set) var typed: UInt64?
    /// The status that its program ended with.
    private(set) var exit: CInt?
    /// The ending that the server announced.
    private(set) var end: Ending?

    /// There is a new connection, or none any more.
    mutating func begin() {
        isAttached = false
        end = nil
    }

    /// A message: its bytes go to `output`, what a person has to know to `notices`.
    mutating func add(
        _ kind: WebSocketMessageKind, _ payload: [UInt8], to output: inout [UInt8],
        _ notices: inout TerminalNotices
    ) {
        guard kind == .text else {
            position = position.map { $0 + UInt64(payload.count) }
            notices.pass(payload, to: &output)
            return
        }
        guard let message = TerminalMessage(payload) else { return }
        let data = message.data
        switch message.type {
        case "attached":
            position = data?.offset
            canWrite = data?.canWrite ?? false
            (typist, typed) = (data?.typist, data?.typed)
            isAttached = true
        case "typed": typed = data?.offset ?? typed
        case "gap":
            let missing = (data?.to ?? 0) - min(data?.from ?? 0, data?.to ?? 0)
            position = data?.to ?? position
            notices.show("\(missing) bytes of what it said are not kept any more", in: &output)
        case "reset":
            position = data?.from ?? position
            notices.show("what it said began anew", in: &output)
        case "exit": exit = TerminalExit.status(code: data?.code, signal: data?.signal)
        case "error": if let detail = data?.detail { notices.show(detail, in: &output) }
        case "expiring":
            notices.show("it will be ended (\(data?.reason ?? "")) at \(data?.at ?? "its time")", in: &output)
        case "end": end = Ending(announcedBy: payload)
        default: break
        }
    }
}
