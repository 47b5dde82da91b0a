import Loop

/// One page of the archive for a reader that is behind what its log has in memory.
final class ArchiveReading {
    enum State {
        case asking(Task<Void, Never>)
        case page(LogBatch)
        case failed(LogError)
    }

    var state: State

    init(_ task: Task<Void, Never>) { state = .asking(task) }

    func cancel() {
        if case .asking(let task) = state { task.cancel() }
    }
}

extension Log {
    /// As much is asked of the archive at a time.
    static var pageBytes: Int { 256 * 1024 }

    /// What the archive has of the reader's next entries. Nothing, while it is being asked: the reader is told
    /// when the answer has come. A tail that moves on meanwhile does no harm, since the next page is then asked
    /// for by its number like this one.
    func archived(at cursor: Cursor, atMost limit: Int, on loop: isolated EventLoop) -> Pending {
        let reader = readers[Int(cursor.seat)]
        switch readings[ObjectIdentifier(reader)]?.state {
        case .asking: return .nothing
        case .failed(let error): return .unreadable(error)
        case .page(let page) where (page.first..<page.end).contains(cursor.next):
            return .slice(page.slice(from: cursor.next, atMost: limit))
        case .page, nil:
            ask(for: reader, from: cursor.next, on: loop)
            return .nothing
        }
    }

    private func ask(for reader: any LogReader, from seq: UInt64, on loop: isolated EventLoop) {
        guard let archive else { preconditionFailure("a stored log has an archive") }
        let asker = LoopBound((self, reader), on: loop)
        let task = Task {
            let answer = await Log.page(of: archive, from: seq)
            await Log.take(answer, for: asker, from: seq, on: asker.loop)
        }
        readings[ObjectIdentifier(reader)] = ArchiveReading(task)
    }

    private static func page(of archive: any LogArchive, from seq: UInt64) async -> Result<LogBatch, LogError>
    {
        do throws(LogError) {
            return .success(try await archive.page(from: seq, bytes: pageBytes))
        } catch {
            return .failure(error)
        }
    }

    private static func take(
        _ answer: Result<LogBatch, LogError>, for asker: LoopBound<(Log, any LogReader)>, from seq: UInt64,
        on loop: isolated EventLoop
    ) {
        let (log, reader) = asker.open(on: loop)
        // A reader that was detached meanwhile has lost its reading; nobody waits for the answer.
        guard let reading = log.readings[ObjectIdentifier(reader)] else { return }
        switch answer {
        case .failure(let error): reading.state = .failed(error)
        case .success(let page) where page.first == seq && page.end > seq: reading.state = .page(page)
        case .success: reading.state = .failed(.archive("entry \(seq) is missing"))
        }
        reader.hear(log, on: loop)
    }
}
