package import Transport

/// Whom to tell of the ends of tasks, as the configuration names them.
package struct NotificationTarget: Equatable, Sendable {
    package let name: String
    package let url: URLAddress
    let secret: String
    /// Of which workflows; none for all.
    package let workflows: [TextPattern]
    package let statuses: Set<TaskStatus>
    /// How many notifications may wait for it.
    package let mostWaiting: Int

    /// Nil where the address is not one of HTTP, or the secret is empty.
    package init?(
        name: String, url: URLAddress, secret: String, workflows: [TextPattern] = [],
        statuses: Set<TaskStatus> = [.succeeded, .failed, .cancelled], mostWaiting: Int = 10_000
    ) {
        guard url.scheme == .http || url.scheme == .https, !secret.isEmpty else { return nil }
        self.name = name
        self.url = url
        self.secret = secret
        self.workflows = workflows
        self.statuses = statuses
        self.mostWaiting = mostWaiting
    }

    func wants(_ task: TaskRecord) -> Bool {
        task.status.isOver && statuses.contains(task.status)
            && (workflows.isEmpty || workflows.contains { $0.matches(task.workflow) })
    }
}
