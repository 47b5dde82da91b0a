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
    /// It runs as its owner's own Unix user, so nobody else may use it, but for admins.
    package var isPersonal: Bool
    /// A person gave it its title, and the program does not change that.
    package var hasOwnTitle: Bool

    package init(
        _ id: TerminalID = .make(), owner: String?, template: String? = nil, title: String? = nil,
        launch: TerminalLaunch,
        takeover: Takeover = .share, sizing: Sizing = .smallest, keeps: Bool = false,
        isRecorded: Bool = false, recordsInput: Bool = false, isPersonal: Bool = false
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
        self.isPersonal = isPersonal
        hasOwnTitle = title != nil
    }
}

/// Reading what an earlier version noted, which knew less: what it did not say is as `init` has it. So a later version
/// finds the terminals of this one.
extension TerminalRecord {
    package init(from decoder: any Decoder) throws {
        let note = try decoder.container(keyedBy: CodingKeys.self)
        let launch = TerminalLaunch(
            try note.decode(String.self, forKey: .command),
            try note.decodeIfPresent([String].self, forKey: .arguments) ?? [], environment: [:],
            directory: try note.decodeIfPresent(String.self, forKey: .directory),
            size: try note.decodeIfPresent(TerminalSize.self, forKey: .size) ?? .usual)
        self.init(
            try note.decode(TerminalID.self, forKey: .id),
            owner: try note.decodeIfPresent(String.self, forKey: .owner),
            template: try note.decodeIfPresent(String.self, forKey: .template),
            title: try note.decodeIfPresent(String.self, forKey: .title), launch: launch,
            takeover: try note.decodeIfPresent(Takeover.self, forKey: .takeover) ?? .share,
            sizing: try note.decodeIfPresent(Sizing.self, forKey: .sizing) ?? .smallest,
            keeps: try note.decodeIfPresent(Bool.self, forKey: .keeps) ?? false,
            isRecorded: try note.decodeIfPresent(Bool.self, forKey: .isRecorded) ?? false,
            recordsInput: try note.decodeIfPresent(Bool.self, forKey: .recordsInput) ?? false,
            isPersonal: try note.decodeIfPresent(Bool.self, forKey: .isPersonal) ?? false)
        createdAt = try note.decode(Timestamp.self, forKey: .createdAt)
        hasOwnTitle = try note.decodeIfPresent(Bool.self, forKey: .hasOwnTitle) ?? false
    }
}
