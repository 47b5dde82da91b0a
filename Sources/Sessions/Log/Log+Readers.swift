package import Loop
package import Wire

/// Who reads, and telling them.
///
/// Those that wait come first in the list, those that were stopped half-way behind them, so that telling walks
/// only over those that want to know. A walk divides those that wait into told and untold, and whoever leaves is
/// first moved to the end of its part, so nobody is passed over.
///
/// A walk that begins after a rest goes the other way than the one before: whom it begins with are those that the
/// processor's caches still know. One that goes on, as more was said meanwhile, goes round the same way, so that
/// everybody's turn comes after the same time and gathers as much.
extension Log {
    /// Gives `reader` its cursor. It pulls once by itself and is told from then on.
    ///
    /// - Parameters:
    ///   - seq: the last entry that the reader has; it gets all behind it, and is told what of that is no longer
    ///     kept, or that this is a number of another life. 0: everything. Nil: the newest and what comes then of
    ///     a `latest` log, from now on of a `recent` one, everything of a `stored` one.
    ///   - deflater: for a reader that takes frames of permessage-deflate. Entries said from now on are
    ///     compressed, once for all such readers.
    package func attach(
        _ reader: any LogReader, after seq: UInt64?, deflatedBy deflater: Deflater? = nil,
        on loop: isolated EventLoop
    ) {
        attach(reader, at: place(after: seq, head: head), deflatedBy: deflater, on: loop)
    }

    /// Where a reader begins, in a log whose newest entry is `head`: that of the owner, for a relay's copy.
    func place(after seq: UInt64?, head: UInt64) -> (next: UInt64, mustReset: Bool) {
        switch (seq, window) {
        case (0?, _), (nil, .stored): (origin, false)
        case (let seq?, _) where seq > head || seq < origin - 1: (begin, window != .latest)
        case (let seq?, _): (seq + 1, false)
        case (nil, .latest): (oldest, false)
        case (nil, .recent), (nil, .spoken): (end, false)
        }
    }

    func attach(
        _ reader: any LogReader, at place: (next: UInt64, mustReset: Bool), deflatedBy deflater: Deflater?,
        on loop: isolated EventLoop
    ) {
        precondition(reader.cursor == nil, "a reader reads one log")
        if let deflater {
            let rendition = deflated ?? DeflatedRendition(by: deflater, like: plain)
            rendition.readerCount += 1
            deflated = rendition
        }
        let seat = readers.count
        readers.append(reader)
        reader.cursor = Cursor(
            log: self, next: place.next, seat: UInt32(seat), isDeflated: deflater != nil,
            mustReset: place.mustReset)
        rest(&reader.cursor!)
    }

    /// Takes the reader's cursor back.
    package func detach(_ reader: any LogReader, on loop: isolated EventLoop) {
        guard var cursor = reader.cursor, cursor.log === self else { return }
        stop(&cursor)
        move(&cursor, to: readers.count - 1)
        readers.removeLast()
        reader.cursor = nil
        forget(reader)
        if cursor.isDeflated, let deflated {
            deflated.readerCount -= 1
            if deflated.readerCount == 0 { self.deflated = nil }
        }
        if readers.isEmpty { tenant?.deserted(on: loop) }
    }

    /// The reader has caught up and is told of more from now on.
    func rest(_ cursor: inout Cursor) {
        move(&cursor, to: waiting)
        if walksUp, untold == 0 { front += 1 }
        waiting += 1
    }

    /// The reader found nothing more: it waits, also when it was stopped within the newest entry, and needs no page
    /// of the archive any more.
    func settle(_ cursor: inout Cursor) {
        if !readings.isEmpty { forget(readers[Int(cursor.seat)]) }
        if cursor.seat >= waiting { rest(&cursor) }
    }

    /// The reader's taker is full: it is not told of more.
    func stop(_ cursor: inout Cursor) {
        guard cursor.seat < waiting else { return }
        if cursor.seat < front {
            front -= 1
            move(&cursor, to: front)
        }
        waiting -= 1
        move(&cursor, to: waiting)
    }

    /// `cursor` is being changed by its reader, so only the other one is reached by way of the list.
    private func move(_ cursor: inout Cursor, to seat: Int) {
        let own = Int(cursor.seat)
        guard own != seat else { return }
        readers.swapAt(own, seat)
        readers[own].cursor!.seat = UInt32(own)
        cursor.seat = UInt32(seat)
    }

    // MARK: Telling

    /// As many readers are told in one turn, a quarter of a millisecond of sends, before the loop sees to others.
    /// What is said meanwhile reaches the readers still untold in the same send: a walk through many readers
    /// merges by itself what came while it went.
    static var toldPerTurn: Int { 64 }

    /// Those that wait are told when the turn ends.
    func tell(on loop: isolated EventLoop) {
        guard !isCalled else { return }
        isCalled = true
        loop.atEndOfTurn(self)
    }

    package func turnEnds(on loop: isolated EventLoop) {
        isCalled = false
        if untold == 0 {
            front = walksUp ? 0 : waiting
            telling = end
        }
        var budget = Self.toldPerTurn
        while untold > 0, budget > 0 {
            budget -= 1
            tellNext(on: loop)
        }
        guard untold > 0 || telling < end else {
            walksUp.toggle()
            front = walksUp ? waiting : 0
            return
        }
        if waiting > 0, !isCalled {
            isCalled = true
            loop.atEndOfNextTurn(self)
        }
    }

    private var untold: Int { walksUp ? waiting - front : front }

    /// The two behind it are fetched meanwhile: of many readers, none is in the processor's cache any more.
    @inline(__always)
    private func tellNext(on loop: isolated EventLoop) {
        let (seat, step) = walksUp ? (front, 1) : (front - 1, -1)
        front += step
        if readers.indices.contains(seat + 2 * step) {
            prefetch(readers[seat + 2 * step])
            readers[seat + step].willHear()
        }
        readers[seat].hear(self, on: loop)
    }
}
