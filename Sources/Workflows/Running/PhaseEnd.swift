package import Loop

/// How an attempt at a phase ended, and what it left.
package struct PhaseEnd: Equatable, Sendable {
    package enum Cause: Equatable, Sendable {
        /// The program ended by itself.
        case exited(status: CInt)
        case signalled(CInt, coreDumped: Bool)
        /// It took as long as it may, and was stopped.
        case timedOut
        /// Somebody stopped it, perhaps before it had begun.
        case stopped
        /// There was no process, or none that could be listened to: which step failed, and why.
        case couldNotStart(SystemError)
    }

    package let cause: Cause
    /// How the program itself ended; nil where there was none, or where the kernel does not let go of it.
    package internal(set) var exit: ProcessExit?
    package internal(set) var usage: ResourceUsage?
    /// How many processes had to be killed.
    package internal(set) var killed = 0
    /// How many could not be ended: 0, unless the kernel itself holds them.
    package internal(set) var remaining = 0
    /// Somebody outside of its processes held a pipe open, so perhaps not all that came through it was read.
    package internal(set) var isCutShort = false
    package internal(set) var leavings = PhaseLeavings()
    package internal(set) var took = Duration.zero

    init(_ cause: Cause) { self.cause = cause }

    package var succeeded: Bool { cause == .exited(status: 0) && leavings.mistakes.isEmpty }
}
