import TestKit
import Testing

@Suite struct AccountCommandTests {
    private let folder: TemporaryFolder
    private var data: String { folder.file("data") }

    init() throws { folder = try TemporaryFolder() }

    @Test func aTokenIsPrintedAndNothingElse() async throws {
        let run = try await Holdfast.run(
            "token", "create", "ci", "--role", "operator", "--data", data, in: folder)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("hf_") && run.output.hasSuffix("\n"))
        #expect(run.output.dropLast().allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" })
        #expect(run.error == "")
        let list = try await Holdfast.run("token", "list", "--json", "--data", data, in: folder)
        #expect(list.output.contains(#""name" : "ci""#) && list.output.contains(#""role" : "operator""#))
        #expect(!list.output.contains(run.output.dropLast()))
    }

    @Test func aRevokedTokenIsGone() async throws {
        _ = try await Holdfast.run("token", "create", "ci", "--data", data, in: folder)
        let revoked = try await Holdfast.run("token", "revoke", "ci", "--data", data, in: folder)
        #expect(revoked.status == 0)
        let again = try await Holdfast.run("token", "revoke", "ci", "--data", data, in: folder)
        #expect(again.status == 66)
        #expect(again.error == "holdfast: There is no such token.\n")
    }

    @Test func anAccountIsMadeListedAndRemoved() async throws {
        let made = try await Holdfast.run(
            "user", "add", "anna", "--role", "admin", "--data", data, in: folder,
            input: "correct horse battery\n")
        #expect(made.status == 0)
        #expect(made.output == "")
        let second = try await Holdfast.run(
            "user", "add", "ben", "--no-password", "--data", data, in: folder)
        #expect(second.status == 0)
        let list = try await Holdfast.run("user", "list", "--data", data, in: folder)
        let rows = list.output.split(separator: "\n").map { $0.split(separator: " ").prefix(3) }
        #expect(rows == [["NAME", "ROLE", "PASSWORD"], ["anna", "admin", "yes"], ["ben", "viewer", "no"]])
        #expect(try await Holdfast.run("user", "remove", "ben", "--data", data, in: folder).status == 0)
        let last = try await Holdfast.run("user", "remove", "anna", "--data", data, in: folder)
        #expect(last.status == 1)
        #expect(last.error.contains("the last admin"))
    }

    @Test func aShortPasswordIsRefusedAndNoAccountMade() async throws {
        let run = try await Holdfast.run("user", "add", "anna", "--data", data, in: folder, input: "short\n")
        #expect(run.status == 65)
        #expect(run.error.contains("too short"))
        #expect(try await Holdfast.run("user", "list", "--data", data, in: folder).status == 66)
    }

    @Test func aLinkSignsInWhereTheServerIs() async throws {
        _ = try await Holdfast.run("user", "add", "anna", "--no-password", "--data", data, in: folder)
        let run = try await Holdfast.run(
            "login-link", "anna", "--data", data, "--listen", "127.0.0.1:9000", in: folder)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("http://127.0.0.1:9000/sign-in?token="))
        let unknown = try await Holdfast.run("login-link", "nobody", "--data", data, in: folder)
        #expect(unknown.status == 66)
    }

    @Test func aBackupHasWhatWasThereAndReplacesNothing() async throws {
        _ = try await Holdfast.run("user", "add", "anna", "--no-password", "--data", data, in: folder)
        let run = try await Holdfast.run("backup", "copy/holdfast.db", "--data", data, in: folder)
        #expect(run.status != 0, "its folder is not there")
        #expect(try await Holdfast.run("backup", "holdfast.db", "--data", data, in: folder).status == 0)
        let again = try await Holdfast.run("backup", "holdfast.db", "--data", data, in: folder)
        #expect(again.status == 1)
        #expect(again.error.contains("is not overwritten"))
        let restored = try await Holdfast.run("user", "list", "--data", folder.path, in: folder)
        #expect(restored.output.contains("anna"))
    }
}
