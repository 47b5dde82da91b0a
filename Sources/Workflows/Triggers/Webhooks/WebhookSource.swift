/// Somebody who may begin tasks by sending JSON, as the configuration names them.
package struct WebhookSource: Equatable, Sendable {
    /// How a sender shows that it may.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// `X-Hub-Signature-256` over the body.
        case github
        /// `Authorization: Bearer` and the secret.
        case bearer
    }

    package let name: String
    package let kind: Kind
    let secret: String
    /// The first that fits decides.
    package let mappings: [WebhookMapping]

    package static let shortestSecret = 16

    /// Nil where the secret is too short to be one.
    package init?(name: String, kind: Kind, secret: String, mappings: [WebhookMapping]) {
        guard secret.utf8.count >= Self.shortestSecret else { return nil }
        self.name = name
        self.kind = kind
        self.secret = secret
        self.mappings = mappings
    }
}

/// What becomes of a delivery: the task that is begun where event and filters fit.
package struct WebhookMapping: Equatable, Sendable {
    /// `push`, or `*` for all.
    package let event: TextPattern
    /// All of them must fit.
    package let filters: [PayloadPath: TextPattern]
    package let workflow: String
    package let requirement: PayloadTemplate?
    package let inputs: [String: PayloadTemplate]
    package let priority: Int

    package init(
        event: TextPattern, filters: [PayloadPath: TextPattern] = [:], workflow: String,
        requirement: PayloadTemplate? = nil, inputs: [String: PayloadTemplate] = [:], priority: Int = 0
    ) {
        self.event = event
        self.filters = filters
        self.workflow = workflow
        self.requirement = requirement
        self.inputs = inputs
        self.priority = priority
    }

    func fits(_ content: WebhookContent) -> Bool {
        event.matches(content.event)
            && filters.allSatisfy { path, pattern in
                content.payload[path]?.value.map { pattern.matches($0.text) } ?? false
            }
    }

    func wanted(for content: WebhookContent, key: String) -> WantedTask {
        WantedTask(
            key: key, workflow: workflow, requirement: requirement?.text(for: content) ?? "",
            inputs: inputs.compactMapValues { $0.value(for: content) }, priority: priority, origin: .webhook)
    }
}
