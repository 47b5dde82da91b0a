import Loop

/// A workflow that is begun again and again. Checked when it is made.
package struct Schedule: Equatable, Sendable {
    /// What happens to times at which the server was down.
    package enum CatchUp: String, Codable, CaseIterable, Sendable {
        /// They are left out.
        case none
        /// The last of them is made up for.
        case one
    }

    /// By which its last time is remembered; unique among the schedules of a server.
    package let name: String
    package let cron: CronExpression
    package let zone: Zone
    package let workflow: String
    package let inputs: [String: InputValue]
    package let requirement: String
    package let catchUp: CatchUp
    package let priority: Int

    /// - Parameter name: nil for one that is made of workflow, times and zone.
    package init(
        name: String? = nil, cron: CronExpression, zone: Zone = .utc, workflow: String,
        inputs: [String: InputValue] = [:], requirement: String = "", catchUp: CatchUp = .none,
        priority: Int = 0
    ) {
        self.name = name ?? "\(workflow) \(cron.text) \(zone.name)"
        self.cron = cron
        self.zone = zone
        self.workflow = workflow
        self.inputs = inputs
        self.requirement = requirement
        self.catchUp = catchUp
        self.priority = priority
    }

    /// What its times are made of: where that changes, what was missed by the old times is not made up for.
    var rule: String { "\(cron.text) \(zone.name)" }

    func next(after time: Timestamp) -> Timestamp? { cron.next(after: time, in: zone) }
}
