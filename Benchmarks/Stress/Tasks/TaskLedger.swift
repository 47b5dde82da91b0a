import Wire

/// What the server was asked, what of it it has acknowledged, and what its watchers have seen: all that a crash must
/// not undo.
struct TaskLedger {
    struct Request: Equatable {
        let key: String
        let workflow: String
        let body: String
        /// As the record has to have them.
        let inputs: String
        let requirement: String
    }

    struct Entry {
        let request: Request
        /// The server said that it ends.
        var isCancelled = false
        /// It was asked to delete it, and said that it did.
        var wasAskedToDelete = false
        var isDeleted = false
        /// The status in which it was found to be over.
        var ending: String?
        /// The messages that watchers saw, by their numbers.
        var seen: [UInt64: [UInt8]] = [:]
    }

    /// By their ids.
    var tasks: [String: Entry] = [:]
    /// Submissions that were not answered: each may or may not have been heard.
    var unanswered: [Request] = []
    /// Nil where an answer is missing.
    var isPaused: Bool? = false
    /// The line as it was last told; nil where somebody may have moved in it since.
    var line: [String]?
    private var count = 0
    private let name: String

    init(name: String) { self.name = name }

    var living: [String] {
        tasks.filter { $0.value.ending == nil && !$0.value.wasAskedToDelete }.keys.sorted()
    }
    var ended: [String] {
        tasks.filter { $0.value.ending != nil && !$0.value.wasAskedToDelete }.keys.sorted()
    }

    mutating func makeRequest(for workflow: String) -> Request {
        count += 1
        let requirement = "what \(name) wants for the \(count). time"
        let inputs = workflow == "short" ? #"{"n":\#(count),"word":"w\#(count)"}"# : "{}"
        return Request(
            key: "\(name)-\(count)", workflow: workflow,
            body:
                #"{"workflow":"\#(workflow)","requirement":"\#(requirement)","inputs":\#(inputs)}"#,
            inputs: inputs, requirement: requirement)
    }

    /// A message that a watcher saw. The same number means the same bytes, always.
    mutating func note(_ text: String, of task: String) throws {
        let bytes = Array(text.utf8)
        guard let message = JSONObject(minified: bytes), let seq = message.number("seq") else { return }
        if let before = tasks[task]?.seen[seq] {
            try expect(
                before == bytes,
                "\(task) said at \(seq) \(String(decoding: before, as: UTF8.self)), then \(text)")
        }
        tasks[task]?.seen[seq] = bytes
    }
}
