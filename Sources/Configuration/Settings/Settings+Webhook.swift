extension Settings {
    /// Somebody who may begin tasks by sending JSON.
    package struct Webhook: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            case github, bearer
        }

        package var name: String
        package var kind: Kind
        package var secret: Located<SecretPlace>
        package var mappings: [Mapping]

        /// What a delivery begins.
        package struct Mapping: Sendable, Equatable {
            package var event: String
            package var filter: [String: Located<YAMLScalar>]
            package var workflow: String
            package var requirement: Located<String>?
            package var inputs: [String: Located<YAMLScalar>]
            package var priority: Int

            init(_ item: SettingItem) {
                event = item.value(
                    "event", .string, default: "*",
                    "The event that it is for; `*` stands for any characters, `?` for one.")
                filter = item.scalars(
                    "filter",
                    "Paths into the body, `repository.owner.login`, with what must be there, as a pattern like "
                        + "`event`; all must fit.")
                workflow = item.required("workflow", .workflowName, "What is begun.")
                requirement = item.value(
                    "requirement", .prose,
                    "The task's requirement, with `{{ payload.a.b }}`, `{{ event }}`, `{{ source }}` and "
                        + "`{{ delivery }}`."
                ).map { item.located("requirement", $0) }
                inputs = item.scalars("inputs", "The workflow's inputs, as texts like `requirement`.")
                priority = item.value("priority", .taskPriority, default: 0, "The task's priority.")
            }
        }

        init(_ item: SettingItem) {
            name = item.required("name", .triggerName, "It is sent to `/api/v1/webhooks/NAME`.")
            item.require(name != "deliveries", "name", "is a part of other addresses: take another name")
            kind = item.required(
                "kind", .choice(),
                "How a sender shows that it may: `github` by a signature of the body, `bearer` by the secret itself."
            )
            secret = item.secret("At least 16 bytes.")
            mappings = item.list("mappings", "The first that fits a delivery decides what it begins.") {
                Mapping($0)
            }
        }
    }
}
