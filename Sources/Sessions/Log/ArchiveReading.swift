import Loop

/// One page of the archive for a reader that is behind what its log has in memory.
enum ArchiveReading {
    /// By the errand of this number.
    case asking(Int)
    case page(LogBatch)
    case failed(LogError)
}

extension Log {
    /// As much is asked of the archive at a time.
    static var pageBytes: Int { 256 * 1024 }

    /// What the archive has of the reader's next entries. Nothing, while it is being asked: the reader is told
    /// when the answer has come. A tail that moves on meanwhile does no harm, since the next page is then asked
    /// for by its number like this one.
    func archived(at cursor: Cursor, atMost limit: Int, on loop: isolated EventLoop) -> Pending {
        let reader = readers[Int(cursor.seat)]
        switch readings[ObjectIdentifier(reader)] {
        case .asking: return .nothing
        case .failed(let error): return .unreadable(error)
        case .page(let page) where (page.first..<page.end).contains(cursor.next):
            // The archive may be ahead of the log by what was just written to it.
            return .slice(page.slice(from: cursor.next, before: end, atMost: limit))
        case .page, nil:
            ask(for: reader, from: cursor.next, on: loop)
            return .nothing
        }
    }

    private func ask(for reader: any LogReader, from seq: UInt64, on loop: isolated EventLoop) {
        guard let archive else { preconditionFailure("a stored log has an archive") }
        let asker = LoopBound((self, reader), on: loop)
        let errand = errands.send { errand in
            let answer = await Log.page(of: archive, from: seq)
            await asker.run { $0.0.take(answer, of: errand, for: $0.1, from: seq, on: $1) }
        }
        readings[ObjectIdentifier(reader)] = .asking(errand)
    }

    /// The reader has left; nobody waits for the answer.
    func forget(_ reader: any LogReader) {
        guard case .asking(let errand) = readings.removeValue(forKey: ObjectIdentifier(reader)) else {
            return
        }
        errands.cancel(errand)
    }

    private static func page(of archive: any LogArchive, from seq: UInt64) async -> Result<LogBatch, LogError>
    {
        do throws(LogError) {
            return .success(try await archive.page(from: seq, bytes: pageBytes))
        } catch {
            return .failure(error)
        }
    }

    private func take(
        _ answer: Result<LogBatch, LogError>, of errand: Int, for reader: any LogReader, from seq: UInt64,
        on loop: isolated EventLoop
    ) {
        // A reader that has left meanwhile does not wait for this, though it may have come again.
        guard case .asking(errand) = readings[ObjectIdentifier(reader)] else { return }
        switch answer {
        case .failure(let error): readings[ObjectIdentifier(reader)] = .failed(error)
        case .success(let page) where page.first == seq && page.end > seq:
            readings[ObjectIdentifier(reader)] = .page(page)
        case .success: readings[ObjectIdentifier(reader)] = .failed(.archive("entry \(seq) is missing"))
        }
        reader.hear(self, on: loop)
    }
}
