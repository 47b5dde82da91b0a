import Synchronization

/// One who is attached to a terminal: what the terminal knows of it, whichever loop it reads on.
package final class TerminalSeat: Sendable {
    package let isWriter: Bool
    /// Up to where its socket took what the terminal said.
    private let progress = Atomic<UInt64>(0)
    /// Called when there is room for what is typed after there was none; on the terminal's loop.
    private let roomAgain: @Sendable () -> Void
    /// Called when it must leave, with the reason; on the terminal's loop.
    private let mustLeave: @Sendable () -> Void

    package init(
        isWriter: Bool, roomAgain: @escaping @Sendable () -> Void, mustLeave: @escaping @Sendable () -> Void
    ) {
        self.isWriter = isWriter
        self.roomAgain = roomAgain
        self.mustLeave = mustLeave
    }

    /// Its socket took everything before this offset.
    package func took(to offset: UInt64) { progress.store(offset, ordering: .releasing) }

    var taken: UInt64 { progress.load(ordering: .acquiring) }

    func hasRoom() { roomAgain() }
    func leave() { mustLeave() }
}
