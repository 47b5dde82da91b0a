extension Settings {
    /// A workflow that is begun again and again.
    package struct Schedule: Sendable, Equatable {
        package enum CatchUp: String, Sendable, CaseIterable {
            case none, one
        }

        /// Nil for one that is named after its workflow, times and zone.
        package var name: String?
        package var cron: Located<String>
        package var zone: Located<String>
        package var workflow: String
        package var inputs: [String: Located<YAMLScalar>]
        package var requirement: String
        package var catchUp: CatchUp
        package var priority: Int

        init(_ item: SettingItem) {
            name = item.value(
                "name", .triggerName,
                "By which its last time is remembered; by default workflow, times and zone.")
            cron = item.located(
                "cron",
                item.required(
                    "cron", .string, "Five fields: minute, hour, day of the month, month, day of the week."))
            zone = item.located(
                "time_zone",
                item.value("time_zone", .string, default: "UTC", "Whose clocks count: `Europe/Berlin`."))
            workflow = item.required("workflow", .workflowName, "What is begun.")
            inputs = item.scalars("inputs", "The workflow's inputs.")
            requirement = item.value("requirement", .prose, default: "", "The task's requirement.")
            catchUp = item.value(
                "catch_up", .choice(), default: .none,
                "What becomes of times that are missed by more than 60 s: they are left out (`none`), or the last of "
                    + "them is made up for (`one`).")
            priority = item.value("priority", .taskPriority, default: 0, "The task's priority.")
        }
    }
}
