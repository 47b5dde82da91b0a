package import Loop
package import Sessions

/// One configured check: looks at its part in even steps, each look with its deadline, and writes on the board what it
/// found. Ends with its session. Lives on one loop.
package final class SystemCheck: SessionBody, AsyncHeld {
    package struct Plan: Sendable {
        package let name: String
        package let every: Duration
        package let timeout: Duration
        /// What takes longer is degraded.
        package let degradedAfter: Duration?

        package init(_ name: String, every: Duration, timeout: Duration, degradedAfter: Duration?) {
            self.name = name
            self.every = every
            self.timeout = timeout
            self.degradedAfter = degradedAfter
        }
    }

    private let plan: Plan
    private let probe: any HealthProbe
    private let board: CheckBoard
    private var session: Session?
    private var task: Task<Void, Never>?
    private let over = Waiter()
    private var isOver = false

    private init(_ plan: Plan, _ probe: any HealthProbe, _ board: CheckBoard) {
        self.plan = plan
        self.probe = probe
        self.board = board
    }

    /// Begins, with a first look at once.
    package static func start(
        _ plan: Plan, _ probe: any HealthProbe, on board: CheckBoard, of sessions: Sessions,
        on loop: isolated EventLoop
    ) -> LoopBound<SystemCheck> {
        let check = SystemCheck(plan, probe, board)
        let session = sessions.registry(on: loop).open(.watcher, owner: nil, body: check, on: loop)
        check.session = session
        if session.opened(on: loop) { check.task = Task { await check.run(on: loop) } }
        return LoopBound(check, on: loop)
    }

    /// Ends it, and comes back when it has given everything back, or is late with it.
    package func end(on loop: isolated EventLoop) async {
        session?.end(Ending(.completed, "Not to be checked any more"), on: loop)
        if !isOver { _ = await over.wait(until: loop.now + patience + .seconds(1), on: loop) }
    }

    private func run(on loop: isolated EventLoop) async {
        while !Task.isCancelled {
            let began = loop.now
            let verdict = await look(from: began, on: loop)
            guard !Task.isCancelled else { return }
            board.note(plan.name, verdict)
            await loop.sleep(until: began + plan.every)
        }
    }

    private func look(from began: Instant, on loop: isolated EventLoop) async -> CheckVerdict {
        do {
            let message = try await probe.probe(until: began + plan.timeout, on: loop)
            if let bound = plan.degradedAfter, loop.clock.now - began > bound {
                return CheckVerdict(.degraded, "It is slow: it took longer than \(bound).")
            }
            return CheckVerdict(.healthy, message)
        } catch {
            return CheckVerdict(.down, "It is down: \(error).")
        }
    }

    // MARK: The session

    package var peer: String { "check \(plan.name)" }
    package var holding: Holdings { task == nil ? .none : [.task: 1] }
    package var patience: Duration { .seconds(5) }

    package func giveBackSlowly(on loop: isolated EventLoop) async {
        task?.cancel()
        await task?.value
        task = nil
    }

    /// What nobody looks at any more is not shown as it was.
    package func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        session = nil
        isOver = true
        board.forget(plan.name)
        over.signal(on: loop)
    }
}
