extension Settings {
    /// Somebody who is told when tasks are over.
    package struct Notification: Sendable, Equatable {
        package enum Status: String, Sendable, CaseIterable {
            case succeeded, failed, cancelled
        }

        package var name: String
        package var url: Located<String>
        package var secret: Located<SecretPlace>
        package var workflows: [String]
        package var statuses: [Status]
        package var waiting: Int

        init(_ item: SettingItem) {
            name = item.required("name", .triggerName, "By which its deliveries are remembered.")
            url = item.located(
                "url", item.required("url", .webAddress, "It is sent a POST when a task is over."))
            secret = item.secret("At least 16 bytes; deliveries are signed with it.")
            workflows = item.value(
                "workflows", .list(of: .workflowName), default: ["*"],
                "Of which workflows; `*` stands for any characters, `?` for one.")
            statuses = item.value(
                "statuses", .list(of: .choice()), default: Status.allCases, "Of which ends.")
            waiting = item.value(
                "waiting", .integer(1...1_000_000), default: 10_000,
                "How many may wait while it does not take them; then the oldest are given up.")
        }
    }
}
