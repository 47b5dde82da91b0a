import Loop
import Store
import Synchronization
import Transport
import Workflows

/// What begins tasks besides people, whom their ends are told to, and the backlog: the parts that the configuration
/// asks for, as it was last read.
///
/// A notification is written down in the transaction that ends its task, so that none is lost. To be started when the
/// engine has started, and stopped before the store is closed.
final class Triggers: Sendable {
    /// What the parts are when they are taken apart from the store.
    private struct Parts {
        var plan: TriggerPlan
        var webhooks: Webhooks
        var runner: LoopBound<ScheduleRunner>
        var notifier: Notifier
    }

    let features: PlannedFeatures
    /// Rung when deliveries, their sources, or what is in the outbox, are other ones than before.
    let webhookNews: Bell
    let featureNews: Bell
    let figures = TriggerFigures()
    private let engine: TaskEngine
    private let store: Store
    private let web: WebAccess
    private let log: LogWriter
    private let parts: Mutex<Parts>
    private let ends: TaskEnds

    init(_ plan: TriggerPlan, of engine: TaskEngine, in store: Store, web: WebAccess, log: LogWriter) {
        self.engine = engine
        self.store = store
        self.web = web
        self.log = log
        let home = engine.home
        let (webhookNews, featureNews) = (Bell(on: home), Bell(on: home))
        self.webhookNews = webhookNews
        self.featureNews = featureNews
        features = PlannedFeatures(store, submitter: engine, changed: { featureNews.ring() })
        ends = TaskEnds(of: features, on: home, log: log)
        parts = Mutex(
            Parts(
                plan: plan,
                webhooks: Webhooks(
                    plan.sources, in: store, submitter: engine, figures: figures,
                    changed: { webhookNews.ring() }),
                runner: Self.makeRunner(plan.schedules, engine, store, figures, log),
                notifier: Self.makeNotifier(plan.targets, engine, store, web, webhookNews, log)))
        engine.endings.add { [weak self] task, db in try self?.notifier.add(task, in: db) }
        engine.board.observe { [weak self] task in
            guard let self, let task, task.status.isOver else { return }
            ends.note(task)
            // It may have been put into an outbox.
            if parts.withLock({ !$0.plan.targets.isEmpty }) { webhookNews.ring() }
        }
    }

    var webhooks: Webhooks { parts.withLock { $0.webhooks } }
    var notifier: Notifier { parts.withLock { $0.notifier } }
    private var runner: LoopBound<ScheduleRunner> { parts.withLock { $0.runner } }

    /// What the feed `webhook-status` says.
    func status() async throws(TriggerError) -> WebhookStatus {
        var status = try await webhooks.status()
        status.notifications = try await notifier.status()
        return status
    }

    /// All schedules, with their next times and what came of the last.
    func schedules() async throws(TriggerError) -> ScheduleList {
        try await runner.run { runner, _ in
            do throws(TriggerError) { return Result<_, TriggerError>.success(try await runner.list()) } catch
            {
                return .failure(error)
            }
        }.get()
    }

    // MARK: Living

    /// Begins, with what was left over from the last life.
    func start() async throws(StoreError) {
        do throws(TriggerError) {
            try await webhooks.forget()
            try await webhooks.recover()
            try await notifier.start()
        } catch .store(let error) {
            throw error
        } catch {
            log.warning("deliveries of an earlier life were not taken up", ["reason": .text("\(error)")])
        }
        do throws(PlannedError) { try await features.recover() } catch .store(let error) {
            throw error
        } catch {
            log.warning("features of an earlier life were not taken up", ["reason": .text("\(error)")])
        }
        ends.start { [weak self] in await self?.notifier.ring() }
        await runner.run { runner, loop in runner.start(on: loop) }
    }

    /// No schedule begins anything any more.
    func stopBeginning() async { await runner.run { runner, loop in await runner.stop(on: loop) } }

    /// Comes back when nothing is on its way any more. What is not delivered waits for the next life.
    func stop() async {
        await stopBeginning()
        await ends.stop()
        await notifier.stop()
    }

    /// Takes over settings that were read again. Parts that are as they were go on undisturbed.
    func apply(_ plan: TriggerPlan) async {
        let old = parts.withLock { $0.plan }
        if plan.sources != old.sources {
            let webhooks = Webhooks(
                plan.sources, in: store, submitter: engine, figures: figures,
                changed: { [webhookNews] in webhookNews.ring() })
            parts.withLock { $0.webhooks = webhooks }
            webhookNews.ring()
        }
        if plan.schedules != old.schedules {
            await stopBeginning()
            let runner = Self.makeRunner(plan.schedules, engine, store, figures, log)
            parts.withLock { $0.runner = runner }
            await runner.run { runner, loop in runner.start(on: loop) }
        }
        if plan.targets != old.targets { await replaceNotifier(plan.targets) }
        parts.withLock { $0.plan = plan }
    }

    private func replaceNotifier(_ targets: [NotificationTarget]) async {
        let old = notifier
        let new = Self.makeNotifier(targets, engine, store, web, webhookNews, log)
        // From here on ends are written down for the new ones; what the old ones had is theirs too.
        parts.withLock { $0.notifier = new }
        await old.stop()
        do throws(TriggerError) { try await new.start() } catch {
            log.error("notifications are not sent until the next start", ["reason": .text("\(error)")])
        }
        webhookNews.ring()
    }

    // MARK: Making

    private static func makeRunner(
        _ schedules: [Schedule], _ engine: TaskEngine, _ store: Store, _ figures: TriggerFigures,
        _ log: LogWriter
    ) -> LoopBound<ScheduleRunner> {
        LoopBound(
            ScheduleRunner(
                schedules, in: store, submitter: engine, figures: figures,
                failed: { error in
                    log.error("schedules wait for the database", ["reason": .text("\(error)")])
                }), to: engine.home)
    }

    private static func makeNotifier(
        _ targets: [NotificationTarget], _ engine: TaskEngine, _ store: Store, _ web: WebAccess,
        _ news: Bell, _ log: LogWriter
    ) -> Notifier {
        var dialler = Dialler()
        if let url = (targets.first { $0.url.isSecure } ?? targets.first)?.url {
            do throws(TLSError) { dialler = try web.dialler(for: url) } catch {
                log.error("nobody can be told under TLS", ["reason": .text("\(error)")])
            }
        }
        return Notifier(
            targets, from: store, over: dialler, on: engine.home, changed: { news.ring() },
            failed: { error in
                log.error("notifications wait for the database", ["reason": .text("\(error)")])
            })
    }
}
