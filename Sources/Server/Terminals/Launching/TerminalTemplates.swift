package import Configuration
import Sessions
import Synchronization
import Terminals
import Wire

/// What may be run on terminals, and by whom: as `terminals.templates` says, and a shell for operators unless one of
/// that name is defined there. What is changed while the server runs holds for what is begun from then on.
package final class TerminalTemplates: Sendable {
    package typealias Template = Settings.TerminalTemplate

    private let templates: Mutex<[Template]>

    package init(_ templates: [Template]) { self.templates = Mutex(Self.completed(templates)) }

    package func apply(_ templates: [Template]) {
        self.templates.withLock { $0 = Self.completed(templates) }
    }

    private static func completed(_ templates: [Template]) -> [Template] {
        templates.contains { $0.name == Template.shell.name } ? templates : [.shell] + templates
    }

    /// Those that are for whoever asks.
    func all(for caller: Caller) -> [Template] {
        templates.withLock { $0 }.filter { $0.audience.admits(caller) }
    }

    func template(_ name: String, for caller: Caller) throws(HTTPError) -> Template {
        guard let template = find(name) else {
            throw HTTPError(
                .notFound,
                "There is no template \"\(name.prefix(100))\"; GET /api/v1/terminal-templates lists them.")
        }
        guard template.audience.admits(caller) else {
            throw template.audience.refusal("The template \(name)")
        }
        return template
    }

    private func find(_ name: String) -> Template? {
        templates.withLock { $0.first { $0.name == name } }
    }

    /// Whether somebody may come to a terminal: whose it is, admins, and, unless it runs as its owner's own Unix user,
    /// whoever may use its template. What a template of some accounts runs is not for others to look at.
    func admits(_ caller: Caller, to record: TerminalRecord) -> Bool {
        guard let role = caller.role, role >= .operators else { return false }
        if role == .admin { return true }
        if let owner = record.owner, owner == caller.owner?.account { return true }
        return !record.isPersonal && record.template.flatMap(find)?.audience.admits(caller) == true
    }
}
