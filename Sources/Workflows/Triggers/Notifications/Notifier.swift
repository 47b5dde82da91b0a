package import Loop
package import Store
package import Transport

/// Tells others of the ends of tasks: at least once, over restarts, and each at their own pace.
///
/// Can be used from anywhere; its couriers live on the loop that it is given. Whoever starts it stops it, before the
/// store is closed.
package final class Notifier: Sendable {
    private let targets: [NotificationTarget]
    private let store: Store
    private let couriers: [LoopBound<Courier>]
    private let time: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - dialler: whom to trust, and where names are looked up.
    ///   - changed: called after each change of the outbox that a courier made.
    ///   - failed: called when the store did not take something, which is then tried again.
    package convenience init(
        _ targets: [NotificationTarget], from store: Store, over dialler: Dialler,
        plan: NotificationPlan = NotificationPlan(), on loop: EventLoop,
        time: @escaping @Sendable () -> Timestamp = { .now }, changed: @escaping @Sendable () -> Void = {},
        failed: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) {
        let couriers = targets.map { target in
            LoopBound(
                Courier(
                    to: target, from: store, over: dialler, plan: plan, time: time, changed: changed,
                    failed: failed),
                to: loop)
        }
        self.init(targets, store, couriers, time)
    }

    private init(
        _ targets: [NotificationTarget], _ store: Store, _ couriers: [LoopBound<Courier>],
        _ time: @escaping @Sendable () -> Timestamp
    ) {
        self.targets = targets
        self.store = store
        self.couriers = couriers
        self.time = time
    }

    /// Begins to deliver, with what was left over from the last life.
    package func start() async throws(TriggerError) {
        let names = targets.map(\.name)
        do throws(StoreError) {
            try await store.write { db in try NotificationTable.giveUp(allBut: names, in: db) }
        } catch {
            throw TriggerError(error)
        }
        for courier in couriers { await courier.run { courier, loop in courier.start(on: loop) } }
    }

    /// Comes back when nothing is on its way any more. What is not delivered waits for the next life.
    package func stop() async {
        for courier in couriers { await courier.run { courier, loop in await courier.stop(on: loop) } }
    }

    /// To be told of every change of a task; of those that are over, it may be told again.
    package func taskChanged(_ task: TaskRecord) async throws(TriggerError) {
        guard targets.contains(where: { $0.wants(task) }) else { return }
        do throws(StoreError) {
            try await store.write { db in try self.add(task, in: db) }
        } catch {
            throw TriggerError(error)
        }
        await ring()
    }

    /// Puts into the outbox what is to be told of a task, in the transaction that ends it; to be followed by `ring`.
    package func add(_ task: TaskRecord, in db: borrowing WriteConnection) throws {
        let now = time()
        for target in targets where target.wants(task) {
            try NotificationTable.insert(task, for: target, at: now, in: db)
        }
    }

    /// Something was added.
    package func ring() async {
        for courier in couriers { await courier.run { courier, loop in courier.ring(on: loop) } }
    }

    /// The newest first.
    package func list(limit: Int = 100) async throws(TriggerError) -> NotificationList {
        do throws(StoreError) {
            let targets = targets
            return try await store.read { db in
                NotificationList(
                    targets: try targets.map { target in try NotificationTable.figures(of: target, in: db) },
                    notifications: try NotificationTable.list(limit: limit, in: db))
            }
        } catch {
            throw TriggerError(error)
        }
    }

    /// How the deliveries to each target have gone.
    package func status() async throws(TriggerError) -> [NotificationTargetStatus] {
        let targets = targets
        do throws(StoreError) {
            return try await store.read { db in
                try targets.map { target in try NotificationTable.figures(of: target, in: db) }
            }
        } catch {
            throw TriggerError(error)
        }
    }
}
