import Wire
import Workflows

/// The feed `adw-state` of one task: all that is known of it.
struct StateBoard: Codable {
    let adwId: TaskID
    let task: TaskRecord
    /// What its phases wrote to `$HOLDFAST_STATE`, merged in order.
    let state: [String: AnyJSON]

    /// - Parameter state: an object, JSON.
    static func bytes(of record: TaskRecord, state: String) throws -> [UInt8] {
        var document = Array(state.utf8)
        try JSONValidator.minify(&document)
        var text = BoardText()
        try text.add("adw_id", record.id)
        try text.add("task", record)
        text.add("state", json: document)
        return text.bytes
    }
}
