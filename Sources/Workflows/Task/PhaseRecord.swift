package import JSONCoding
package import Loop

/// One phase of a task.
package struct PhaseRecord: Codable, Equatable, Sendable {
    package enum Status: String, Codable, CaseIterable, Sendable {
        /// Others have to be done first.
        case blocked
        /// It waits for its turn only.
        case ready
        case running
        /// Between two attempts.
        case retrying
        case succeeded
        case failed
        /// Its condition did not hold, or what it needs did not succeed.
        case skipped
        case cancelled

        package var isOver: Bool {
            switch self {
            case .blocked, .ready, .running, .retrying: false
            case .succeeded, .failed, .skipped, .cancelled: true
            }
        }
    }

    package let name: String
    package let title: String
    package let needs: [String]
    package var status: Status
    /// 1 for the first.
    package var attempt: Int
    @OrNull package var startedAt: Timestamp?
    @OrNull package var endedAt: Timestamp?
    @OrNull package var exitStatus: Int?
    @OrNull package var signal: Int?
    /// In hundredths, as the phase says.
    @OrNull package var progress: Double?
    /// What it said beside its progress, or why it failed.
    @OrNull package var text: String?
    /// The last error: a line that it said to be one, or why an attempt failed.
    package var lastError: String?
    package var outputs: [String: String]

    package init(name: String, title: String, needs: [String]) {
        self.name = name
        self.title = title
        self.needs = needs
        status = needs.isEmpty ? .ready : .blocked
        attempt = 0
        outputs = [:]
    }
}
