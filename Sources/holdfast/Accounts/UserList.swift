import JSONCoding
import Configuration
import Server

/// Shows all accounts.
struct UserList: Action {
    static let name = "list"
    static let summary = "List the accounts"

    private let isJSON: Bool
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        settings = arguments.settings(showing: ["data"])
    }

    private struct Item: Encodable {
        let name: String
        let role: Role
        let hasPassword: Bool
        let createdAt: String
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        let accounts = try await AccountFolder.open(folder) { try await $0.accounts.accounts() }
        if isJSON {
            let items = accounts.map {
                Item(
                    name: $0.name, role: $0.role, hasPassword: $0.hasPassword, createdAt: $0.created.rfc3339)
            }
            return try JSONList(items: items).print()
        }
        var table = Table("NAME", "ROLE", "PASSWORD", "CREATED")
        for account in accounts {
            table.add([
                account.name, account.role.rawValue, account.hasPassword ? "yes" : "no",
                account.created.rfc3339,
            ])
        }
        return Output.result(table.text)
    }
}
