import Loop

/// How the program of a terminal ended, and what ending its whole tree took.
package struct TerminalExit: Equatable, Sendable, Codable {
    /// The exit status, or the signal's number where one ended it; neither where that was not seen.
    package var code: Int32?
    package var signal: Int32?
    /// How many processes had to be killed.
    package var killed = 0
    /// How many are still there: 0, unless the kernel itself holds them.
    package var remaining = 0
    package var tookMilliseconds: Int64 = 0

    package init() {}

    /// Of a program whose holder is gone: nobody saw its end.
    init(_ report: Leftovers.Report?) {
        killed = report?.ended ?? 0
        remaining = report?.remaining ?? 0
    }

    init(_ report: StopReport) {
        switch report.leader {
        case .exited(let status)?: code = status
        case .signalled(let number, _)?: signal = number
        case nil: break
        }
        killed = report.killed
        remaining = report.remaining
        tookMilliseconds = report.took.milliseconds
    }
}
