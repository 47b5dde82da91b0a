import JSONCoding
import Loop
import Workflows

/// What is asked and answered about tasks, beside `TaskRecord` itself.
enum TaskMessages {
    /// A task that somebody wants to be run.
    struct Wish: Decodable {
        let workflow: String
        let requirement: String?
        let inputs: [String: InputValue]?
        let title: String?
        let priority: WholeNumber?
        let testMode: Bool?
        /// In seconds.
        let maxDuration: Double?
    }

    struct Retry: Decodable {
        /// The phase to begin with; without it, the first.
        let phase: String?
    }

    struct Move: Decodable {
        /// The task that it shall stand before; without it, it goes to the end.
        let before: TaskID?
    }

    struct Input: Decodable {
        let phase: String?
        let text: String
    }

    /// What a message `event` says.
    struct Event: Decodable {
        let stream: TaskEvent.Stream
        let level: TaskEvent.Level
        let phase: String?
        let text: String
        /// The line goes on in the next.
        let cut: Bool?
    }

    /// A file that a task has kept.
    struct Artifact: Codable {
        let path: String
        /// In bytes.
        let size: Int64
    }

    struct Artifacts: Codable {
        let artifacts: [Artifact]
    }

    struct Page: Codable {
        let tasks: [TaskRecord]
        /// How many there are in all.
        let totalCount: Int
        /// `cursor` of the next page.
        @OrNull var next: Int64?
    }

    struct Queue: Codable {
        struct Waiting: Codable {
            let id: TaskID
            let workflow: String
            let title: String
            let priority: Int
            @OrNull var owner: String?
        }

        let isPaused: Bool
        let running: [TaskID]
        /// In the order in which they will begin.
        let waiting: [Waiting]
    }
}

extension InputValue: JSONDescribed {
    static var schema: JSONNode { ["type": ["string", "number", "boolean"]] }
    static var sample: InputValue { .flag(false) }
}

extension TaskID: JSONDescribed {
    static var schema: JSONNode { ["type": "string", "pattern": "^[bcdfghjkmnpqrstvwxz23456789]{10}$"] }
    static var sample: TaskID { .make() }
}

extension TaskID: PathValue {
    package static var expectation: String { "the ten letters and digits of a task's id" }
    package init?(pathSegment: String) { self.init(pathSegment) }
}

extension TaskStatus: JSONChoice {}
extension TaskEvent.Stream: JSONChoice {}
extension TaskEvent.Level: JSONChoice {}
extension TaskReason: JSONChoice {}
extension PhaseRecord.Status: JSONChoice {}
extension TaskRecord.Origin: JSONChoice {}
