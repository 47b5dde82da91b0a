package import Loop
import Glibc

/// All sessions of the program, on whichever loop: what may be listed, ended and drained from anywhere.
package struct Sessions: Sendable {
    private let registries: [LoopBound<Registry>]
    private let firstOrigin: Int

    /// - Parameters:
    ///   - firstOrigin: told apart in ids where several programs share their sessions' names.
    ///   - report: called on a loop, and must not wait.
    package init(
        loops: [EventLoop], firstOrigin: Int = 0, audit: any AuditTrail,
        report: @escaping @Sendable (LedgerReport) -> Void
    ) {
        self.firstOrigin = firstOrigin
        registries = loops.enumerated().map { index, loop in
            let ids = SessionIDMaker(
                origin: firstOrigin + index, now: loop.clock.now, wallMilliseconds: Self.timeOfDay())
            return LoopBound(Registry(ids: ids, audit: audit, report: report), to: loop)
        }
    }

    /// The sessions of the loop that asks.
    package func registry(on loop: isolated EventLoop) -> Registry {
        guard let bound = registries.first(where: { $0.loop === loop }) else {
            preconditionFailure("\(loop.name) has no sessions")
        }
        return bound.open(on: loop)
    }

    /// What there is, the oldest first.
    package func list(_ selection: SessionSelection = .all) async -> [SessionInfo] {
        var infos: [SessionInfo] = []
        for bound in candidates(selection) {
            infos += await bound.run { registry, loop in registry.list(selection, on: loop) }
        }
        return infos.sorted { $0.id < $1.id }
    }

    /// Ends those that are selected; returns how many were not ending already. It does not wait until they
    /// are closed.
    @discardableResult
    package func end(_ selection: SessionSelection, with ending: Ending) async -> Int {
        // A loop that is held up must not hold up the others'.
        await withTaskGroup { ends in
            for bound in candidates(selection) {
                ends.addTask {
                    await bound.run { registry, loop in registry.end(selection, with: ending, on: loop) }
                }
            }
            return await ends.reduce(0, +)
        }
    }

    /// Looks at one and ends it, in one step of its loop, so that what is ended is what was looked at; where
    /// `check` throws it goes on. False when it was ending already, nil when there is none.
    package func end<Objection: Error>(
        _ id: SessionID, with ending: Ending, where check: @Sendable (SessionInfo) throws(Objection) -> Void
    ) async throws(Objection) -> Bool? {
        guard let bound = candidates(.one(id)).first else { return nil }
        let result: Result<Bool?, Objection> = await bound.run { registry, loop in
            do throws(Objection) {
                guard let info = registry.list(.one(id), on: loop).first else { return .success(nil) }
                try check(info)
                return .success(registry.end(.one(id), with: ending, on: loop) == 1)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Ends all there are, and all that still come, and waits until they are closed, but no longer than
    /// `patience`. Returns those that were not.
    package func drain(
        with ending: Ending = Ending(.serverShutdown), within patience: Duration
    ) async -> [SessionInfo] {
        await withTaskGroup(of: [SessionInfo].self) { group in
            for bound in registries {
                group.addTask {
                    await bound.run { registry, loop in
                        await registry.drain(with: ending, until: loop.now + patience, on: loop)
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// What is held now.
    package func snapshot() async -> LedgerSnapshot {
        var sum = LedgerSnapshot()
        for bound in registries {
            sum = sum + (await bound.run { registry, loop in registry.snapshot(on: loop) })
        }
        return sum
    }

    /// What happened since the start.
    package func totals() async -> SessionTotals {
        var sum = SessionTotals()
        for bound in registries { sum = sum + (await bound.run { registry, _ in registry.totals }) }
        return sum
    }

    /// Where such sessions can live: an id names its loop.
    private func candidates(_ selection: SessionSelection) -> [LoopBound<Registry>] {
        guard case .one(let id) = selection else { return registries }
        let index = id.origin - firstOrigin
        return registries.indices.contains(index) ? [registries[index]] : []
    }

    private static func timeOfDay() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
