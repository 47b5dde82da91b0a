import Configuration
import Workflows

/// The line of tasks as a table: those that run, then those that wait, in the order in which they will begin.
struct QueueTable: Decodable {
    private struct Waiting: Decodable {
        let id: TaskID
        let workflow: String
        let title: String
        let priority: Int
        let owner: String?
    }

    private let isPaused: Bool
    private let running: [TaskID]
    private let waiting: [Waiting]

    var text: String {
        var table = Table("PLACE", "ID", "WORKFLOW", "PRIORITY", "OWNER", "TITLE")
        for id in running { table.add(["runs", id.text, "-", "-", "-", "-"]) }
        for (index, task) in waiting.enumerated() {
            table.add([
                "\(index + 1)", task.id.text, task.workflow, "\(task.priority)", task.owner ?? "-",
                task.title.onOneLine,
            ])
        }
        return table.text
    }

    /// Prints what a server answered.
    static func print(_ answer: [UInt8], isJSON: Bool) throws(Failure) -> ExitCode {
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let line: QueueTable = try RemoteAnswer.read(from: answer)
        let code = Output.result(line.text)
        if line.isPaused { Output.say("the line is paused: nothing begins until `holdfast queue resume`") }
        return code
    }
}
