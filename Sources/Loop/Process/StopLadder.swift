import Glibc

/// How a process tree is brought to an end: asked, told, made to.
package struct StopLadder: Sendable {
    /// What asks: SIGINT for a program, SIGHUP for a shell.
    package var request: CInt
    package var afterRequest: Duration
    /// After SIGTERM to everyone.
    package var afterTerminate: Duration
    /// How long kills are repeated before what still does not go is reported instead.
    package var killing: Duration

    package init(
        request: CInt = SIGINT, afterRequest: Duration = .seconds(2), afterTerminate: Duration = .seconds(2),
        killing: Duration = .seconds(10)
    ) {
        self.request = request
        self.afterRequest = afterRequest
        self.afterTerminate = afterTerminate
        self.killing = killing
    }

    package static let standard = StopLadder()
}

/// What ending a process tree took.
package struct StopReport: Equatable, Sendable {
    package enum Rung: Equatable, Sendable {
        /// Nobody was there any more.
        case none
        case request
        case terminate
        case kill
    }

    /// The last rung that was needed.
    package internal(set) var rung = Rung.none
    /// How many processes were seen alive in the tree, its leader included.
    package internal(set) var seen = 0
    /// How many of them had to be killed.
    package internal(set) var killed = 0
    /// How many are still there: 0, unless the kernel itself holds them (a dead disk) or we may not touch them.
    package internal(set) var remaining = 0
    /// How the leader ended; nil only when it remains.
    package internal(set) var leader: ProcessExit?
    package internal(set) var took = Duration.zero
}
