package import Loop

/// What is known of a terminal, as it is listed, and as its holder keeps it for a later server.
package struct TerminalRecord: Sendable, Codable {
    /// Who else may type when somebody does.
    package enum Takeover: String, Sendable, Codable, CaseIterable {
        /// Everybody who may type types.
        case share
        /// Who comes later takes the place of the one before.
        case replace
        /// There is one.
        case refuse
    }

    /// Whose screen decides how large the terminal is.
    package enum Sizing: String, Sendable, Codable, CaseIterable {
        case smallest
        /// Of who typed last.
        case latest
    }

    package var id: TerminalID
    package var owner: String?
    package var template: String?
    package var title: String
    package var command: String
    package var arguments: [String]
    package var directory: String?
    package var createdAt: Timestamp
    package var size: TerminalSize
    package var takeover: Takeover
    package var sizing: Sizing
    /// It goes on when nobody is attached.
    package var keeps: Bool
    package var isRecorded: Bool
    /// What is typed too.
    package var recordsInput: Bool
    /// A person gave it its title, and the program does not change that.
    package var hasOwnTitle: Bool

    package init(
        _ id: TerminalID = .make(), owner: String?, template: String? = nil, title: String? = nil,
        launch: TerminalLaunch,
        takeover: Takeover = .share, sizing: Sizing = .smallest, keeps: Bool = false,
        isRecorded: Bool = false, recordsInput: Bool = false
    ) {
        self.id = id
        self.owner = owner
        self.template = template
        self.title = title ?? launch.program
        command = launch.program
        arguments = launch.arguments
        directory = launch.directory
        createdAt = .now
        size = launch.size
        self.takeover = takeover
        self.sizing = sizing
        self.keeps = keeps
        self.isRecorded = isRecorded
        self.recordsInput = recordsInput
        hasOwnTitle = title != nil
    }
}
