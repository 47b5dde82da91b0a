import Loop
import Wire

/// What a peer may say on a connection that is only for listening: little, and not often.
struct SmallTalk {
    /// As many messages are heard in one second.
    static let mostPerSecond: UInt16 = 20

    enum Verdict: Equatable {
        case nothing
        case pong
        case tooMuch
    }

    private var second: UInt32 = 0
    private var count: UInt16 = 0

    mutating func hear(_ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, at now: Instant)
        -> Verdict
    {
        guard mayContinue(at: now) else { return .tooMuch }
        guard kind == .text, payload.count <= 256 else { return .nothing }
        return unsafe Self.isPing(Array(payload)) ? .pong : .nothing
    }

    /// Counts one more; false when there are too many in this second.
    mutating func mayContinue(at now: Instant) -> Bool {
        let current = UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000_000)
        if current != second { (second, count) = (current, 0) }
        count &+= 1
        return count <= Self.mostPerSecond
    }

    private static func isPing(_ text: [UInt8]) -> Bool {
        var text = text
        guard (try? JSONValidator.minify(&text)) != nil else { return false }
        return JSONObject(minified: text)?.text("type") == "ping"
    }
}
