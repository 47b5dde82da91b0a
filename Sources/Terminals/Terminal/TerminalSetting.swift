/// What all terminals of a server have in common.
package struct TerminalSetting: Sendable {
    /// How many of the last bytes are kept.
    package var windowBytes = 1 << 20
    /// When every writer is behind by so much, the program has to wait; it goes on when one is behind by no more than
    /// the lower mark.
    package var highWater: UInt64 = 256 << 10
    package var lowWater: UInt64 = 64 << 10
    package var neverAttached = Duration.seconds(30)
    package var detached = Duration.seconds(300)
    /// Nothing typed and nothing said.
    package var idle: Duration?
    package var life: Duration?
    /// How early people are told of the end.
    package var notice = Duration.seconds(60)
    package var afterHangup = Duration.seconds(2)
    package var afterTerminate = Duration.seconds(2)
    /// How long after both a holder may take to say that all is over: it kills again and again for 10 s. Then it is
    /// ended by force, with all below it.
    package var holderAnswer = Duration.seconds(12)
    /// How long a holder waits for a server; nil, and terminals end with their server.
    package var outlive: Duration? = .seconds(300)
    /// How long those that are over are remembered.
    package var keepEnded = Duration.seconds(600)
    package var perPerson = 20
    package var all = 200
    /// Where holders are found again: a folder that is this user's alone.
    package var folder: String
    /// Where recordings are written.
    package var recordings: String
    /// No recording grows larger.
    package var recordingBytes = 256 << 20
    /// The program whose `hold` holds.
    package var program = "/proc/self/exe"

    package init(folder: String) {
        self.folder = folder
        recordings = folder
    }
}
