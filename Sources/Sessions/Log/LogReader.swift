package import Loop

/// Whoever reads one log on the log's loop: a connection, a channel of one, a relay to another loop.
package protocol LogReader: AnyObject {
    /// The reader's place; the log gives it at `attach` and takes it back at `detach`. Nobody else replaces it.
    var cursor: Cursor? { get set }

    /// Something was said, or the log has ended, since the reader had taken everything. Called at the end of a
    /// turn, once however much was said. The reader pulls from its cursor until there is nothing or until its
    /// own taker is full; one that was stopped half-way is not called again before it has caught up, and goes
    /// on pulling by itself when its taker can take more. It may attach and detach whom it likes meanwhile.
    func hear(_ log: Log, on loop: isolated EventLoop)

    /// `hear` is called soon, perhaps: begins to fetch what it needs into the processor's cache, and does nothing
    /// else.
    func willHear()
}

extension LogReader {
    package func willHear() {}
}

/// What lies before a reader.
package enum Pending {
    /// Everything was taken; `hear` is called when there is more.
    case nothing
    /// Take as much as you can, then `advance`.
    case slice(LogSlice)
    /// These entries are no longer kept. Say so (`Log.gapMessage`), then `skip`.
    case gap(from: UInt64, to: UInt64)
    /// The reader asked to go on after an entry that this log never said: the numbers it knows are of another
    /// life of the log. Say so (`Log.resetMessage`), then `skip`, and go on at `from`.
    case reset(from: UInt64)
    /// Everything was taken and no more will come: see the log's `ending`.
    case ended
    /// The archive failed; the reader cannot go on.
    case unreadable(LogError)
}
