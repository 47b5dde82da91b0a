import Configuration
import Feeds
import Loop
import Sessions
import Store
import Synchronization
import Terminals
import Transport
import Wire
import Workflows

/// The whole server, and the only place where its rooms meet: what it is made of, in the order in which each
/// part needs the one before, and given back in the reverse by `close`.
package final class HoldfastServer: Sendable {
    let settings: Settings
    let log: LogWriter
    let store: Store
    let group: LoopGroup
    let offload: Offload
    /// Hashing takes long on purpose, so it has threads of its own and disturbs nobody else's work.
    let passwords: Offload
    /// Looking at what feeds are about may hang, and then hangs here alone.
    let watching: Offload
    /// What the configuration wants looked at may hang too, and must not keep the server from looking at itself.
    let probing: Offload
    /// What takes long in the folders of tasks: keeping artifacts, taking away what is left.
    let folders: Offload
    let audit: StoredAudit
    let auditKeeper: AuditKeeper
    let sessions: Sessions
    let accounts: Accounts
    let keptFeeds: KeptFeeds
    let directory: FeedDirectory
    let builtIn: BuiltInFeeds
    let auditFeed: AuditFeed
    let permissions: FeedPermissions
    let systemWatch: SystemWatch
    let tasks: TaskEngine
    let taskKeeper: TaskKeeper
    let taskFeeds: TaskFeeds
    let terminals: Terminals
    let terminalTemplates: TerminalTemplates
    let terminalShares: TerminalShares
    let terminalActors: TerminalActors
    let recordingKeeper: RecordingKeeper
    let triggers: Triggers
    let triggerFeeds: TriggerFeeds
    let web: WebAccess
    let feedWatches: FeedWatches
    let checks: ConfiguredChecks
    let journal: RequestJournal
    let logsRequests: LogsRequests
    let admission: Admission
    let acceptTroubles = Atomic<Int>(0)
    let isDraining = Atomic<Bool>(false)
    let startedAt = Timestamp.now

    package static let build = BuildInfo(version: "0.1.0")

    /// Opens the store and starts the loops; nothing listens yet.
    init(
        _ settings: Settings, log: LogWriter, store: Store, group: LoopGroup, offload: Offload,
        passwords: Offload, watching: Offload, probing: Offload, folders: Offload, feedOrigin: UInt64,
        triggers plan: TriggerPlan
    ) {
        self.settings = settings
        self.log = log
        self.store = store
        self.group = group
        self.offload = offload
        self.passwords = passwords
        self.watching = watching
        self.probing = probing
        self.folders = folders
        web = WebAccess(lookingUpIn: probing)
        let audit = StoredAudit(store, telling: { log.tell($0) })
        self.audit = audit
        auditKeeper = AuditKeeper(audit, keeping: settings.audit) { error in
            log.warning("the audit trail was not shortened", ["reason": .text("\(error)")])
        }
        sessions = Sessions(loops: group.loops, audit: audit) { report in
            log.error(report.sentence, LogFields(report))
        }
        accounts = Accounts(
            settings, storage: AccountStorage(store), passwords: Passwords(pool: passwords),
            sessions: sessions,
            audit: audit)
        keptFeeds = KeptFeeds(store) { log.tellOfKeptFeeds($0) }
        directory = FeedDirectory(
            FeedDirectory.Limits(settings.feeds), startingAt: feedOrigin, keptBy: keptFeeds)
        builtIn = BuiltInFeeds(in: directory, on: group.loops[0])
        auditFeed = AuditFeed(store, saying: builtIn.audit)
        permissions = FeedPermissions(settings.feeds.permissions)
        feedWatches = FeedWatches(
            directory, of: sessions, on: group.loops, pool: probing, web: web
        ) { feed, reason in
            log.error("a feed is not watched", ["feed": .text(feed), "reason": .text(reason)])
        }
        let board = CheckBoard()
        checks = ConfiguredChecks(on: board, of: sessions, on: group.loops, web: web)
        systemWatch = SystemWatch(
            folder: settings.data, loops: group.loops, thresholds: HealthThresholds(settings.systemStatus),
            checks: board)
        tasks = TaskEngine(
            TaskSetting(settings), workflows: WorkflowFolder(settings.workflowFolder), store: store,
            sessions: sessions, offload: offload, folders: folders, loops: group.loops
        ) { task, reason in
            log.error("what a task said is not stored", ["task": .text(task.text), "reason": .text(reason)])
        }
        taskKeeper = TaskKeeper(tasks, keeping: TaskRetention.Bounds(settings.tasks), log: log)
        taskFeeds = TaskFeeds(of: tasks, in: directory, startingAt: feedOrigin)
        let (terminalShares, terminalActors) = (TerminalShares(), TerminalActors())
        (self.terminalShares, self.terminalActors) = (terminalShares, terminalActors)
        terminals = Terminals(
            TerminalSetting(settings), sessions: sessions, loops: group.loops, offload: offload,
            troubled: { terminal, trouble in
                log.error(
                    "something about a terminal does not work",
                    ["terminal": .text(terminal.text), "reason": .text(trouble)])
            },
            over: { terminal in
                terminalShares.forget(terminal)
                terminalActors.forget(terminal)
            })
        terminalTemplates = TerminalTemplates(settings.terminals.templates)
        recordingKeeper = RecordingKeeper(terminals, keeping: settings.terminals, by: offload, log: log)
        triggers = Triggers(plan, of: tasks, in: store, web: web, log: log)
        triggerFeeds = TriggerFeeds(of: triggers, in: directory, on: group.loops[0])
        let logsRequests = LogsRequests(settings.log.access)
        self.logsRequests = logsRequests
        journal = RequestJournal(log: log, logsRequests: { logsRequests.isOn })
        admission = Admission(settings.limits)
    }

    /// Gives back everything but the log, in reverse order.
    func close() async {
        await WebSocket.cutAll(on: group.loops)
        await taskFeeds.stop()
        await triggerFeeds.stop()
        await directory.close()
        await keptFeeds.close()
        // They had their time when the server stopped; what is left now is only named.
        let strays = await sessions.drain(within: .seconds(1))
        for stray in strays {
            log.error(
                "a session outlived the server",
                ["session": .text("\(stray.id)"), "kind": .text(stray.kind.name)])
        }
        await recordingKeeper.stop()
        await terminals.close()
        await taskKeeper.stop()
        await triggers.stop()
        await tasks.close()
        await accounts.stop()
        await auditKeeper.stop()
        await audit.flush()
        await auditFeed.stop()
        if audit.waiting > 0 {
            log.error("entries of the audit trail are lost", ["count": .number(audit.waiting)])
        }
        await store.close()
        await group.stop()
        // Nobody waits for what they do any more, and a disk that hangs must not hold the server's end up.
        for pool in [offload, passwords, watching, probing, folders] { pool.abandon() }
    }
}

extension LogWriter {
    fileprivate func tell(_ turn: StoredAudit.Turn) {
        switch turn {
        case .stuck(let error):
            self.error(
                "the audit trail cannot be written; its entries wait", ["reason": .text("\(error)")])
        case .written(let dropped):
            info("the audit trail is written again", ["dropped": .number(dropped)])
        }
    }
}

extension LogWriter {
    fileprivate func tellOfKeptFeeds(_ error: StoreError?) {
        guard let error else { return info("kept feeds are written again") }
        self.error("kept feeds cannot be written; what they say waits", ["reason": .text("\(error)")])
    }
}

/// Whether each request has its line in the log; may be changed while the server runs.
final class LogsRequests: Sendable {
    private let flag: Atomic<Bool>
    init(_ isOn: Bool) { flag = Atomic(isOn) }

    var isOn: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }
}

extension FeedDirectory.Limits {
    init(_ settings: Settings.Feeds) {
        self.init()
        count = settings.count
        windowEntries = settings.windowEntries
        windowBytes = settings.windowBytes
    }
}
