import Loop
import Wire

/// What a peer may say on a connection that is only for listening: little, and not often.
struct SmallTalk {
    /// As many messages are heard at once, and as many in each second.
    static let most = 20
    private static let pace = 1_000_000_000 / Int64(most)

    enum Verdict: Equatable {
        case nothing
        case pong
        case tooMuch
    }

    /// When all that was said is paid for, in steps of `pace`. It comes round in an hour: a peer that was silent for
    /// just as long may find a part of its due still open, and there are many peers to keep this for.
    private var due: UInt16 = 0

    mutating func hear(_ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, at now: Instant)
        -> Verdict
    {
        guard mayContinue(at: now) else { return .tooMuch }
        guard kind == .text, payload.count <= 256 else { return .nothing }
        return unsafe Self.isPing(Array(payload)) ? .pong : .nothing
    }

    /// Counts one more; false when there were too many of late.
    mutating func mayContinue(at now: Instant) -> Bool {
        let step = UInt16(truncatingIfNeeded: now.nanoseconds / Self.pace)
        var owed = Int(due &- step)
        if owed > Self.most { owed = 0 }
        guard owed < Self.most else { return false }
        due = step &+ UInt16(owed) &+ 1
        return true
    }

    private static func isPing(_ text: [UInt8]) -> Bool {
        var text = text
        guard (try? JSONValidator.minify(&text)) != nil else { return false }
        return JSONObject(minified: text)?.text("type") == "ping"
    }
}
