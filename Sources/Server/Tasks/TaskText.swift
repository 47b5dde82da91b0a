import JSONCoding
import Loop
import Sessions
import Wire
import Workflows

/// What a task has said up to now, as lines of plain text: `2026-01-31T12:00:00.000Z build: text`. Read page by page,
/// so it takes no more memory for a million lines than for a thousand.
struct TaskText {
    private let engine: TaskEngine
    private let task: StoredTask
    private var next: UInt64

    init(of task: StoredTask, in engine: TaskEngine) {
        self.engine = engine
        self.task = task
        next = task.firstSeq
    }

    /// Nil behind the last line.
    mutating func page() async throws(TaskError) -> [UInt8]? {
        guard next <= task.lastSeq, let batch = try await engine.events(of: task, from: next) else {
            return nil
        }
        var text: [UInt8] = []
        for entry in batch.entries where entry.seq <= task.lastSeq {
            unsafe Self.append(entry.payload, to: &text)
        }
        next = batch.end
        return text
    }

    /// Nothing for a change of state.
    private static func append(_ payload: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        guard let message = unsafe JSONObject(minified: Array(payload)), message.text("type") == "event",
            let data = message["data"].flatMap({ JSONObject(minified: Array($0)) })
        else { return }
        text += (message.text("ts") ?? "").utf8
        text.append(UInt8(ascii: " "))
        if let phase = data.text("phase") {
            text += phase.utf8
            text += ": ".utf8
        }
        if let level = data.text("level"), level != "output" {
            text += "[\(level)] ".utf8
        }
        text += (data.text("text") ?? "").utf8
        text.append(UInt8(ascii: "\n"))
    }
}
