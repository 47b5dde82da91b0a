import Configuration
import Workflows

extension ValueKind where Value == TaskID? {
    /// A task, as lists show it.
    static let taskID = ValueKind(
        "id", "a task's id", sample: nil,
        parse: { text throws(Complaint) in
            guard let id = TaskID(text) else {
                throw Complaint("is no task's id: ten letters and digits, as `holdfast tasks` lists them")
            }
            return id
        },
        print: { $0?.text ?? "" })
}

extension ArgumentReader {
    /// `ID`, of the commands that are about one task. There is one when the command runs.
    func taskID() -> TaskID? {
        argument("ID", .taskID, "The task, as `holdfast tasks` lists it.")
    }
}

extension TaskID? {
    /// The path of what is asked for about it.
    func path(_ what: String = "") -> String { "/api/v1/tasks/\(self?.text ?? "")\(what)" }
}
