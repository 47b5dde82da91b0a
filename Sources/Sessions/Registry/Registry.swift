package import Loop

/// The sessions of one loop, from their opening until they are closed, and the ledger of what they hold.
/// Lives on that loop.
package final class Registry {
    private var sessions: [Session] = []
    private var strays: [Receipt] = []
    private var leaked = Holdings.none
    /// Who asked for those sessions whose bodies see only a proxy: kept here, as most have none.
    private var askers: [SessionID: String] = [:]
    private var counts = [Int](repeating: 0, count: SessionKind.allCases.count)
    private var ids: SessionIDMaker
    package private(set) var totals = SessionTotals()
    private var draining: Ending?
    private var drains: [Waiter] = []
    private let audit: any AuditTrail
    private let report: @Sendable (LedgerReport) -> Void

    init(
        ids: SessionIDMaker, audit: any AuditTrail, report: @escaping @Sendable (LedgerReport) -> Void
    ) {
        self.ids = ids
        self.audit = audit
        self.report = report
    }

    // MARK: Opening and closing

    /// Begins the life of a session, which stays here until it is closed. It is `opening`; its body says
    /// `opened` when it is there. While the loop drains it is ended again when the turn is over.
    package func open(
        _ kind: SessionKind, owner: SessionOwner?, body: any SessionBody, on loop: isolated EventLoop
    ) -> Session {
        let session = Session(id: ids.next(at: loop.now), kind: kind, owner: owner, body: body, in: self)
        session.index = UInt32(sessions.count)
        sessions.append(session)
        counts[Int(kind.rawValue)] += 1
        totals.countOpened(kind)
        auditOpening(of: session)
        if draining != nil { loop.atEndOfTurn(self) }
        return session
    }

    func change(kind: SessionKind, to other: SessionKind) {
        guard kind != other else { return }
        counts[Int(kind.rawValue)] -= 1
        counts[Int(other.rawValue)] += 1
        totals.countOpened(other)
    }

    func note(_ asker: String, for session: Session) {
        if asker != session.body?.peer { askers[session.id] = asker }
    }

    func asker(of session: Session) -> String? { askers.isEmpty ? nil : askers[session.id] }

    func closed(_ session: Session, _ report: SessionReport, on loop: isolated EventLoop) {
        if !askers.isEmpty { askers[session.id] = nil }
        let last = sessions.removeLast()
        if last !== session {
            sessions[Int(session.index)] = last
            last.index = session.index
        }
        counts[Int(session.kind.rawValue)] -= 1
        totals.countClosed(session.kind, report.ending.reason)
        if !report.leaked.isEmpty { reportLeak(report.leaked, of: session) }
        if session.kind.isAudited { audit.record(.closed(report)) }
        if sessions.isEmpty {
            for drain in drains { drain.signal(on: loop) }
        }
    }

    func auditOpening(of session: Session) {
        guard session.kind.isAudited else { return }
        audit.record(.opened(session))
    }

    func instant(of id: SessionID) -> Instant { ids.instant(of: id) }

    // MARK: The ledger

    func reportLeak(_ holdings: Holdings, of session: Session) {
        leaked += holdings
        totals.leaks += 1
        report(LedgerReport(session, holder: nil, .leaked(holdings)))
    }

    /// What outstays its patience stays here until it is given back after all.
    func keepStray(_ stray: Receipt, of session: Session) {
        strays.append(stray)
        totals.overdue += 1
        let holder = stray.holder
        report(
            LedgerReport(
                session, holder: String(describing: type(of: holder)),
                .overdue(holder.holding, after: holder.patience)))
    }

    func strayIsBack(_ stray: Receipt) { strays.removeAll { $0 === stray } }

    package func snapshot(on loop: isolated EventLoop) -> LedgerSnapshot {
        var snapshot = LedgerSnapshot()
        snapshot.sessions = counts
        for session in sessions { snapshot.held += session.holding }
        snapshot.strays = strays.count
        for stray in strays { snapshot.strayed += stray.holder.holding }
        snapshot.leaked = leaked
        snapshot.loops = [.watch: loop.holdings.watches, .timer: loop.holdings.timers]
        return snapshot
    }

    // MARK: Listing and ending

    package func list(_ selection: SessionSelection, on loop: isolated EventLoop) -> [SessionInfo] {
        sessions.filter(selection.includes).map { $0.info(on: loop) }
    }

    /// Ends those that are selected, the oldest first, so that channels go with what carries them; returns how
    /// many were not ending already.
    package func end(
        _ selection: SessionSelection, with ending: Ending, on loop: isolated EventLoop
    ) -> Int {
        // Filtered first: what ends takes itself out of the list.
        let selected = sessions.filter(selection.includes).sorted { $0.id < $1.id }
        return selected.reduce(0) { $1.end(ending, on: loop) ? $0 + 1 : $0 }
    }

    /// Ends all there are, and all that still come, and waits until they are closed. Returns those that
    /// were not by `deadline`.
    func drain(with ending: Ending, until deadline: Instant, on loop: isolated EventLoop) async
        -> [SessionInfo]
    {
        draining = ending
        _ = end(.all, with: ending, on: loop)
        let drain = Waiter()
        drains.append(drain)
        defer { drains.removeAll { $0 === drain } }
        while !sessions.isEmpty, case .signalled = await drain.wait(until: deadline, on: loop) {}
        return list(.all, on: loop)
    }
}

extension Registry: TurnEnder {
    package func turnEnds(on loop: isolated EventLoop) {
        if let draining { _ = end(.all, with: draining, on: loop) }
    }
}
