package import Loop
package import Sessions

/// A terminal at one moment.
package struct TerminalInfo: Sendable {
    package enum State: String, Sendable, Codable, CaseIterable { case running, ending, ended }

    package let record: TerminalRecord
    package let session: SessionID?
    package let state: State
    package let pid: CInt
    package let writers: Int
    package let viewers: Int
    /// How many bytes it has said.
    package let offset: UInt64
    /// The oldest that is kept.
    package let keptFrom: UInt64
    /// When it ends if nothing happens, by the earliest of its deadlines, and which that is.
    package let expiresAt: Timestamp?
    package let expiresBecause: TerminalExpiry?
    package let exit: TerminalExit?
    package let ending: Ending?
    package let endedAt: Timestamp?
}
