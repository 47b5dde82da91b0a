import Configuration
import Loop
import Sessions
import Terminals
import Testing

@testable import Server

@Suite struct TerminalTemplatesTests {
    private func templates(_ yaml: String) throws -> TerminalTemplates {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(yaml.utf8))
        let read = try SettingSources(file: file, environment: ["HOME": "/home/me"]).read { Settings($0) }
        return TerminalTemplates(read.settings.terminals.templates)
    }

    private func caller(_ account: String, _ role: Role) -> Caller {
        Caller(owner: SessionOwner(account: account, signIn: "s"), role: role)
    }

    @Test func thereIsAShellForOperatorsUnlessOneIsDefined() throws {
        let usual = try templates("")
        #expect(usual.all(for: caller("ann", .operators)).map(\.name) == ["shell"])
        #expect(usual.all(for: caller("ann", .viewer)).isEmpty)
        let own = try templates("terminals:\n  templates: [{name: shell, for: admin}]\n")
        #expect(own.all(for: caller("ann", .operators)).isEmpty)
        #expect(own.all(for: caller("root", .admin)).map(\.name) == ["shell"])
        own.apply([])
        #expect(own.all(for: caller("ann", .operators)).map(\.name) == ["shell"])
    }

    @Test func aTerminalIsForItsOwnerForWhomItsTemplateIsAndForAdmins() throws {
        let templates = try templates("terminals:\n  templates: [{name: t, for: [ann, vic]}]\n")
        func record(_ owner: String?, _ template: String?) -> TerminalRecord {
            TerminalRecord(
                owner: owner, template: template, launch: TerminalLaunch("/bin/sh", environment: [:]))
        }
        let cases: [(String, Role, String?, String?, Bool)] = [
            ("ann", .operators, "bob", "t", true), ("cid", .operators, "bob", "t", false),
            ("bob", .operators, "bob", "t", true), ("vic", .viewer, "bob", "t", false),
            ("cid", .admin, "bob", "t", true), ("bob", .viewer, "bob", "t", false),
            ("cid", .operators, "bob", nil, false), ("cid", .operators, "bob", "gone", false),
            ("cid", .operators, "bob", "shell", true), ("cid", .operators, nil, nil, false),
        ]
        for (account, role, owner, template, admits) in cases {
            #expect(
                templates.admits(caller(account, role), to: record(owner, template)) == admits,
                "\(account) \(role) \(owner ?? "-") \(template ?? "-")")
        }
        var personal = record("bob", "t")
        personal.isPersonal = true
        for (account, role, admits) in [
            ("ann", Role.operators, false), ("bob", .operators, true), ("cid", .admin, true),
        ] {
            let found = templates.admits(caller(account, role), to: personal)
            #expect(found == admits, "\(account), of its owner's")
        }
        #expect(!templates.admits(.nobody, to: record(nil, "shell")))
    }
}
