import JSONCoding
import Configuration
import Server

/// Shows all tokens, but for what is secret of them.
struct TokenList: Action {
    static let name = "list"
    static let summary = "List the tokens; what they are is never shown again"

    private let isJSON: Bool
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        settings = arguments.settings(showing: ["data"])
    }

    private struct Item: Encodable {
        let id: String
        let name: String
        let account: String?
        let role: Role
        let createdAt: String
        let expiresAt: String?
        let lastUsedAt: String?

        init(_ token: Token) {
            id = token.id
            name = token.name
            account = token.account
            role = token.role
            createdAt = token.created.rfc3339
            expiresAt = token.expires?.rfc3339
            lastUsedAt = token.used?.rfc3339
        }

        var row: [String] {
            [
                id, name, account ?? "-", role.rawValue, createdAt, expiresAt ?? "never",
                lastUsedAt ?? "never",
            ]
        }
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        let items = try await AccountFolder.open(folder) { try await $0.accounts.tokens() }.map(Item.init)
        if isJSON { return try JSONList(items: items).print() }
        var table = Table("ID", "NAME", "ACCOUNT", "ROLE", "CREATED", "EXPIRES", "LAST USED")
        for item in items { table.add(item.row) }
        return Output.result(table.text)
    }
}
