package import Loop
package import Sessions
package import Store
package import Transport

/// What each room says about itself.
extension Metrics {
    package mutating func add(_ traffic: Transport.Traffic) {
        counter("received_bytes_total", "Bytes read from sockets.", traffic.received)
        counter("sent_bytes_total", "Bytes written to sockets.", traffic.sent)
        gauge("connections", "Connections that are open, WebSockets among them.", traffic.open)
        gauge("websockets", "WebSockets that are open.", traffic.webSockets)
        counter("connections_accepted_total", "Connections accepted.", traffic.accepted)
        counter(
            "connections_turned_away_total", "Connections closed at once because a limit was reached.",
            traffic.turnedAway)
        let cuts: [(name: String, cause: WebSocketClosure.Cause)] = [
            ("not_reading", .notReading), ("not_answering", .notAnswering), ("ended_here", .ours),
        ]
        counter(
            "websockets_cut_total",
            "WebSockets reset without a close frame, since their peers did not take what was sent, by cause.",
            cuts.map { ([("cause", $0.name)], Double(traffic.cut(for: $0.cause))) })
    }

    package mutating func add(_ totals: SessionTotals, _ ledger: LedgerSnapshot) {
        let kinds = SessionKind.allCases
        gauge(
            "sessions", "Sessions that are alive, by kind.",
            kinds.map { ([("kind", $0.name)], Double(ledger.sessions(of: $0))) })
        counter(
            "sessions_opened_total",
            "Sessions opened, by kind; what goes on as another kind counts for both.",
            kinds.map { ([("kind", $0.name)], Double(totals.opened($0))) })
        counter(
            "sessions_closed_total", "Sessions closed, by kind and by what ended them.", Self.endings(totals))
        add("held", "What the sessions that are alive hold.", ledger.held)
        add("strayed", "What is held by sessions that outstayed their patience.", ledger.strayed)
        gauge("sessions_strayed", "Sessions that are over and have not given everything back.", ledger.strays)
        counter("ledger_leaks_total", "Times something said to be given back was still held.", totals.leaks)
        counter(
            "ledger_overdue_total", "Times a session took too long to give back what it held.", totals.overdue
        )
        add("loop_held", "Watches and timers as the loops count them.", ledger.loops)
    }

    /// Those that have happened: all pairs would be hundreds of lines of zeros.
    private static func endings(_ totals: SessionTotals) -> [Sample] {
        var samples: [Sample] = []
        for kind in SessionKind.allCases {
            for reason in EndingReason.allCases where totals.closed(kind, reason) > 0 {
                let labels = [("kind", kind.name), ("ending", reason.name)]
                samples.append((labels, Double(totals.closed(kind, reason))))
            }
        }
        return samples
    }

    private mutating func add(_ name: String, _ help: String, _ holdings: Holdings) {
        gauge(name, help, Holding.allCases.map { ([("kind", $0.name)], Double(holdings[$0])) })
    }

    package mutating func add(_ loops: [EventLoop]) {
        func each(_ value: (EventLoop) -> Int) -> [Sample] {
            loops.map { ([("loop", $0.name)], Double(value($0))) }
        }
        counter("loop_turns_total", "Times a loop came round.", each { $0.pulse.turns })
        counter(
            "loop_stalls_total", "Times a loop did not come round within 100 ms.", each { $0.pulse.stalls })
        histogram(
            "loop_turn_duration_seconds",
            "How long a loop took to come round: how late what came meanwhile was.",
            loops.map { loop in
                let turns = loop.pulse.turnDurations
                return (
                    labels: [("loop", loop.name)],
                    figures: Histogram(
                        bounds: LoopPulse.bounds.map { Double($0) / 1e9 }, counts: turns.counts,
                        sum: Double(turns.nanoseconds) / 1e9)
                )
            })
    }

    package mutating func add(_ counts: NurseryCounts, cradles: Int, zombies: Int?) {
        gauge("children", "Child processes that are alive.", counts.children)
        gauge("children_starting", "Child processes asked for and not yet running.", counts.births)
        gauge(
            "birth_threads", "Threads on which child processes start; they stay until the server ends.",
            cradles)
        counter("children_spawned_total", "Child processes started.", counts.spawned)
        counter(
            "orphans_reaped_total", "Processes taken in after their parent had gone.", counts.orphansReaped)
        if let zombies { gauge("zombies", "Ended processes that nobody has taken notice of.", zombies) }
    }

    package mutating func add(_ store: Store.Statistics) {
        counter("store_writes_total", "Writes committed.", store.writes)
        counter("store_commits_total", "Commits that carried them.", store.commits)
        counter(
            "store_write_seconds_total", "From call to answer, over all writes.",
            [([], Double(store.writeTime.nanoseconds) / 1e9)])
        gauge("store_largest_commit_writes", "Most writes in one commit so far.", store.largestGroup)
        counter("store_reads_total", "Reads answered.", store.reads)
        counter("store_failures_total", "Calls answered with an error.", store.failures)
        counter(
            "store_troubles_total", "Failures by the reasons worth an alarm.",
            [
                ([("reason", "busy")], Double(store.busy)),
                ([("reason", "disk_full")], Double(store.diskFull)),
                ([("reason", "interrupted")], Double(store.interruptions)),
            ])
        gauge(
            "store_waiting", "Calls that wait for a thread.",
            [
                ([("kind", "write")], Double(store.waitingWrites)),
                ([("kind", "read")], Double(store.waitingReads)),
            ])
        gauge("store_database_bytes", "The size of the database.", Int(store.databaseBytes))
        gauge("store_log_bytes", "The size of its write-ahead log.", Int(store.logBytes))
    }

    package mutating func add(_ log: LogWriter) {
        counter("log_lines_total", "Lines handed to the log.", log.written)
        counter("log_lines_dropped_total", "Lines lost because the log was not read in time.", log.dropped)
    }
}
