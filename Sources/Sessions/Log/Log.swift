package import Loop

/// What a session says, in order: each entry numbered, encoded once, and kept for as long as its window allows.
///
/// Lives on one loop. Appending never waits for a reader; readers pull, each at its own pace, by their cursors.
/// A log ends once, and readers that come after the end get what is still kept, and the same ending.
package final class Log: TurnEnder {
    package let window: Window
    /// The number of the first entry that it ever said, or will say. Smaller ones are of an earlier life.
    package let origin: UInt64
    /// The number of the first entry that the archive of a `stored` log still has. Who asks for earlier ones is
    /// told that they are gone.
    let kept: UInt64
    /// Set by `end`, once.
    package internal(set) var ending: Ending?

    var plain: Ring
    var deflated: DeflatedRendition?
    var timeText = TimestampText()

    /// Readers that have taken everything are the first `waiting` of them; the others were stopped half-way and
    /// are not told of more.
    var readers: [any LogReader] = []
    var waiting = 0

    /// While a walk tells those that wait that there is something up to `telling`, it stands behind the first
    /// `front` of them; the untold lie before it, as `walksUp` says.
    var front = 0
    var walksUp = false
    var telling: UInt64
    /// Whether the loop is going to call `turnEnds`.
    var isCalled = false

    let archive: (any LogArchive)?
    let errands: Errands
    var readings: [ObjectIdentifier: ArchiveReading] = [:]
    weak var tenant: (any LogTenant)?

    /// An entry is never larger than this, however much the window keeps.
    package static let largestEntry = 16 << 20

    /// - Parameters:
    ///   - archive: goes with the window `stored`, and with no other.
    ///   - next: the number of the next entry: the log's first, or the one behind what its archive has.
    ///   - kept: the number of the first entry that the archive still has.
    package convenience init(
        _ window: Window, archive: (any LogArchive)? = nil, keptFrom kept: UInt64 = 1,
        startingAt next: UInt64 = 1
    ) {
        self.init(window, archive: archive, errands: Errands(), keptFrom: kept, startingAt: next)
    }

    init(
        _ window: Window, archive: (any LogArchive)?, errands: Errands, keptFrom kept: UInt64,
        startingAt next: UInt64, spoken: UInt64 = 0
    ) {
        self.window = window
        self.archive = archive
        self.errands = errands
        self.kept = kept
        switch window {
        case .latest, .recent, .spoken: origin = next
        case .stored: origin = 1
        }
        switch window {
        case .latest:
            plain = Ring(startingAt: next, entries: 1, bytes: Self.largestEntry)
        case .recent(let entries, let bytes):
            plain = Ring(startingAt: next, spoken: spoken, entries: entries, bytes: bytes)
        case .spoken(let bytes):
            // The headers of pieces of four bytes and more take half as much again.
            plain = Ring(
                startingAt: next, spoken: spoken, entries: bytes / 4, bytes: bytes / 2 * 3, speech: bytes)
        case .stored(let entries, let bytes):
            precondition(archive != nil, "a stored log has an archive")
            plain = Ring(startingAt: next, entries: entries, bytes: bytes)
        }
        telling = next
    }

    /// The number of the newest entry; one less than that of the first when nothing was said yet.
    package var head: UInt64 { plain.end - 1 }
    /// The number of the oldest entry in memory; `head + 1` when there is none.
    package var oldest: UInt64 { plain.first }
    var end: UInt64 { plain.end }
    /// The number of the oldest entry that a reader can have.
    var begin: UInt64 { archive == nil ? oldest : min(kept, oldest) }

    /// How many bytes were ever spoken: the payloads of binary messages, as those of a terminal.
    package var spoken: UInt64 { plain.spoken }

    package var isEnded: Bool { ending != nil }
    package var readerCount: Int { readers.count }
    /// What its entries take, in bytes.
    package var memory: Int { plain.memory + (deflated?.ring.memory ?? 0) }

    /// Waits until no question to the archive is on its way any more.
    package func drain(on loop: isolated EventLoop) async { await errands.drain() }

    /// Says that nothing more comes. Later calls change nothing: a log ends once.
    package func end(_ ending: Ending, on loop: isolated EventLoop) {
        guard self.ending == nil else { return }
        self.ending = ending
        tell(on: loop)
    }
}

/// Whoever keeps a log only for as long as somebody reads it.
protocol LogTenant: AnyObject {
    /// The last reader has left.
    func deserted(on loop: isolated EventLoop)
}
