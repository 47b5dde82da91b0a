import JSONCoding
import Workflows

/// The feed `queue`: what is to be done yet, phase by phase, and in which order the tasks that wait will begin.
struct QueueBoard: Codable {
    struct Row: Codable, Equatable, Identifiable {
        let adwId: TaskID
        let workflow: String
        let name: String
        let title: String
        let status: PhaseRecord.Status
        /// The phases that have to be done before.
        let needs: [String]
        /// 1 for the first.
        let attempt: Int

        var id: String { "\(adwId)/\(name)" }
    }

    /// Tasks in all, and phases of those that are shown.
    struct Counts: Codable, Equatable {
        var running = 0
        var waiting = 0
        var phases = Phases()
    }

    struct Phases: Codable, Equatable {
        var blocked = 0
        var ready = 0
        var running = 0
        var retrying = 0
        var done = 0
    }

    let phases: [Row]
    let paused: Bool
    let counts: Counts
    /// In the order in which they will begin.
    let waiting: [TaskID]
    /// Tasks that are not over and not among them.
    let more: Int

    static func bytes(of glance: TaskGlance, _ rows: inout BoardRows<Row>) throws -> [UInt8] {
        var counts = Counts(running: glance.runningCount, waiting: glance.waitingCount)
        var shown: [Row] = []
        for record in glance.running + glance.waiting {
            for phase in record.phases {
                counts.phases.count(phase.status)
                shown.append(
                    Row(
                        adwId: record.id, workflow: record.workflow, name: phase.name, title: phase.title,
                        status: phase.status, needs: phase.needs, attempt: phase.attempt))
            }
        }
        var text = BoardText()
        text.add("phases", json: try rows.list(shown))
        try text.add("paused", glance.isPaused)
        try text.add("counts", counts)
        try text.add("waiting", glance.waiting.map(\.id))
        try text.add("more", glance.more)
        return text.bytes
    }
}

extension QueueBoard.Phases {
    fileprivate mutating func count(_ status: PhaseRecord.Status) {
        switch status {
        case .blocked: blocked += 1
        case .ready: ready += 1
        case .running: running += 1
        case .retrying: retrying += 1
        case .succeeded, .failed, .skipped, .cancelled: done += 1
        }
    }
}
