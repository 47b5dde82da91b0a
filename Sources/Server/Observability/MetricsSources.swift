package import Loop
package import Sessions
package import Store
package import Transport
package import Workflows

/// The sources of `/metrics` that every server has.
package enum MetricsSources {
    /// For what looks through /proc.
    private static let patience = Duration.seconds(2)

    package static func traffic(_ traffic: Transport.Traffic) -> Route.MetricsSource {
        { metrics, _ in metrics.add(traffic) }
    }

    /// Left out while a loop is held up: it would hold up the scrape, which is needed most then.
    package static func sessions(_ sessions: Sessions, on loops: LoopHealth) -> Route.MetricsSource {
        { metrics, _ in
            guard loops.troubles().isEmpty else { return }
            let totals = await sessions.totals()
            metrics.add(totals, await sessions.snapshot())
        }
    }

    package static func loops(_ loops: [EventLoop]) -> Route.MetricsSource {
        { metrics, _ in metrics.add(loops) }
    }

    package static func store(_ store: Store) -> Route.MetricsSource {
        { metrics, _ in metrics.add(store.statistics) }
    }

    package static func tasks(_ tasks: TaskEngine) -> Route.MetricsSource {
        { metrics, _ in metrics.add(await tasks.line(), tasks.board.ended) }
    }

    /// Without the notifications while the store does not answer.
    static func triggers(_ triggers: Triggers) -> Route.MetricsSource {
        { metrics, _ in
            metrics.add(triggers.figures, try? await triggers.notifier.status())
        }
    }

    package static func log(_ log: LogWriter) -> Route.MetricsSource {
        { metrics, _ in metrics.add(log) }
    }

    package static func requests(_ journal: RequestJournal) -> Route.MetricsSource {
        { metrics, _ in journal.figures.collect(into: &metrics) }
    }

    /// Child processes, and those that nobody has reaped; the latter are left out when /proc takes too long.
    package static func children(_ nursery: Nursery) -> Route.MetricsSource {
        { metrics, loop in
            let zombies = try? await nursery.zombies(until: loop.now + patience, on: loop)
            metrics.add(nursery.counts, cradles: nursery.cradleCount, zombies: zombies)
        }
    }

    /// The program itself; left out when /proc takes too long, as a wrong figure is worse than none.
    package static func process(
        _ build: BuildInfo, startedAt: Timestamp, offload: Offload
    ) -> Route.MetricsSource {
        { metrics, loop in
            let figures = try? await offload.run(until: loop.now + patience, on: loop) {
                ProcessFigures.read()
            }
            if let figures { metrics.add(figures, build, startedAt: startedAt) }
        }
    }

    /// Entries of the audit trail that wait to be written, and those that were lost.
    package static func audit(
        _ figures: @escaping @Sendable () -> (waiting: Int, dropped: Int)
    ) -> Route.MetricsSource {
        { metrics, _ in
            let (waiting, dropped) = figures()
            metrics.gauge(
                "audit_entries_waiting", "Entries of the audit trail that are not on the disk yet.", waiting)
            metrics.counter(
                "audit_entries_dropped_total", "Entries of the audit trail lost because it did not keep up.",
                dropped)
        }
    }
}
