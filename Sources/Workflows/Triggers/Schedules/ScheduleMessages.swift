package import JSONCoding
package import Loop

/// A schedule as it is answered: what it does, and how it stands.
package struct ScheduleStatus: Codable, Equatable, Sendable {
    package var name: String
    package var cron: String
    package var timeZone: String
    package var workflow: String
    package var requirement: String
    package var inputs: [String: InputValue]
    package var catchUp: Schedule.CatchUp
    package var priority: Int
    @OrNull package var nextAt: Timestamp?
    @OrNull package var lastAt: Timestamp?
    /// What was begun the last time, or why nothing was.
    @OrNull package var lastTaskId: TaskID?
    @OrNull package var lastProblem: String?
}

package struct ScheduleList: Codable, Equatable, Sendable {
    package var schedules: [ScheduleStatus]
}
