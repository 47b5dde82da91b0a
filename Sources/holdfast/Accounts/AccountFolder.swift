import Configuration
import Glibc
import Server
import Sessions
import Store
import Wire

/// The accounts in a data folder, opened beside its server or without one: whoever may write to the folder may do
/// everything to them. What is changed is written to the audit trail, and a running server obeys within a second.
struct AccountFolder: Sendable {
    let accounts: AccountStorage
    private let audit: StoredAudit

    /// Opens the folder of the settings for `body`, and closes it whatever happens.
    /// - Parameter making: whether a folder or database that is not there is made; a list of nothing needs none.
    static func open<Answer: Sendable>(
        _ folder: String, making: Bool = false,
        _ body: @Sendable (AccountFolder) async throws -> Answer
    ) async throws(Failure) -> Answer {
        if !making { try Failure.unlessDatabase(in: folder) }
        let store: Store
        do throws(StoreError) {
            store = try Store(folder: folder, role: .guest, migrations: HoldfastServer.migrations)
        } catch {
            throw Failure(error)
        }
        let audit = StoredAudit(store)
        let answer: Result<Answer, Failure>
        do {
            answer = .success(try await body(AccountFolder(accounts: AccountStorage(store), audit: audit)))
        } catch {
            answer = .failure((error as? Failure) ?? Failure(error))
        }
        await audit.flush()
        await store.close()
        return try answer.get()
    }

    func record(_ event: AuditEntry.Event, _ detail: String) {
        audit.record(AuditEntry(event, peer: "command line, uid \(getuid())", detail: detail))
    }
}

extension Failure {
    /// Throws unless there is a database in `folder`.
    static func unlessDatabase(in folder: String) throws(Failure) {
        let isThere: Bool
        do throws(StoreError) { isThere = try Store.exists(in: folder) } catch { throw Failure(error) }
        guard isThere else {
            throw Failure(
                .missing, "There is no database in \(folder). Name the server's data folder with --data.")
        }
    }

    /// What the accounts throw, who speak as HTTP does.
    fileprivate init(_ error: any Error) {
        if let error = error as? HTTPError {
            self.init(error)
        } else {
            self.init(.fault, "\(error)")
        }
    }
}
