import JSONCoding
import Loop

/// What is sent and answered about accounts, as JSON has it.
enum AccountMessages {
    struct SignIn: Decodable {
        let name: String
        let password: String
    }

    struct NewAccount: Decodable {
        let name: String
        let role: Role
        let password: String?
    }

    struct AccountChange: Decodable {
        let role: Role?
        let password: String?
        let currentPassword: String?
    }

    struct NewToken: Decodable {
        let name: String
        let role: Role?
        /// In seconds.
        let expiresIn: WholeNumber?
    }

    struct Account: Encodable {
        let name: String
        let role: Role
        let hasPassword: Bool
        let createdAt: Timestamp

        init(_ account: Server.Account) {
            name = account.name
            role = account.role
            hasPassword = account.hasPassword
            createdAt = account.created
        }
    }

    struct Accounts: Encodable { let accounts: [Account] }

    struct Me: Encodable {
        let account: String
        let role: Role
        let signIn: String
        let expiresAt: Timestamp?
    }

    struct Token: Encodable {
        let id: String
        let name: String
        let account: String?
        let role: Role
        let createdAt: Timestamp
        let expiresAt: Timestamp?
        let lastUsedAt: Timestamp?
        /// Only in the answer to its making.
        var token: String?

        init(_ token: Server.Token) {
            id = token.id
            name = token.name
            account = token.account
            role = token.role
            createdAt = token.created
            expiresAt = token.expires
            lastUsedAt = token.used
        }
    }

    struct Tokens: Encodable { let tokens: [Token] }

    struct Ticket: Encodable {
        let ticket: String
        let expiresAt: Timestamp
    }
}
