package import Configuration
import Feeds
import Glibc
import Loop
import Sessions
import Store
import Transport
import Wire

/// The whole server, and the only place where its rooms meet: what it is made of, in the order in which each part
/// needs the one before, and given back in the reverse.
package final class HoldfastServer: Sendable {
    let settings: Settings
    let log: LogWriter
    let store: Store
    let group: LoopGroup
    let offload: Offload
    let audit: StoredAudit
    let sessions: Sessions
    let accounts: Accounts
    let directory: FeedDirectory
    let journal: RequestJournal
    let admission: Admission
    let readiness = Readiness()
    let troubles = TroubleCount()
    let startedAt = Timestamp.now

    /// Opens the store and starts the loops; nothing listens yet.
    init(_ settings: Settings, log: LogWriter) throws {
        self.settings = settings
        self.log = log
        store = try Store(folder: settings.data, migrations: Self.migrations)
        do {
            group = try LoopGroup(count: settings.loops) { stall in
                log.warning(
                    "a loop was held",
                    ["loop": .text(stall.loop), "ms": .number(Int(stall.lasted.milliseconds)), "by": .text(stall.holder)])
            }
            offload = try Offload(name: "offload", threads: 4, capacity: 1024)
        } catch {
            throw error
        }
        audit = StoredAudit(store)
        sessions = Sessions(loops: group.loops, audit: audit) { report in
            log.error("a session did not give back what it held", ["report": .text("\(report)")])
        }
        accounts = Accounts(
            settings, storage: AccountStorage(store), passwords: Passwords(pool: offload), sessions: sessions,
            audit: audit)
        var limits = FeedDirectory.Limits()
        limits.count = settings.feeds.count
        limits.windowEntries = settings.feeds.windowEntries
        limits.windowBytes = settings.feeds.windowBytes
        directory = FeedDirectory(limits)
        journal = RequestJournal(log: log, logsRequests: { settings.log.access })
        admission = Admission(
            connections: settings.limits.connections,
            perHost: settings.limits.connectionsPerAddress == 0 ? .max : settings.limits.connectionsPerAddress)
    }

    package static let migrations = AccountStorage.migrations + AuditTable.migrations
    package static let build = BuildInfo(version: "0.1.0")
}
