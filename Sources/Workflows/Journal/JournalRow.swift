import Loop
import Sessions
import Store

/// What is written as one row: entries in a row, or one `state` entry with the change that it tells of.
struct JournalRow: Sendable {
    /// A change of the task, to be made where its status is still `from`.
    struct Change: Sendable {
        let task: EncodedTask
        let from: TaskStatus
        let patches: [StatePatch]
    }

    let frames: KeptFrames
    let change: Change?

    /// What became of rows.
    struct Written: Sendable {
        /// As they are stored.
        var frames: [KeptFrames] = []
        /// One for each change.
        var verdicts: [Verdict] = []
    }

    struct Verdict: Sendable {
        let isMade: Bool
        /// The change was to end the task.
        let isLast: Bool
    }

    /// Writes rows of one task. Where a change is not made, since the task stands otherwise, its `state` entry says
    /// how it stands: the numbers go on without a hole, and no reader is told what is not so. With the last change of a
    /// task is written what `endings` add.
    static func write(
        _ rows: [JournalRow], of task: Int64, at time: Timestamp, addingTo endings: TaskEndings?,
        into db: borrowing WriteConnection
    ) throws -> Written {
        var written = Written()
        for row in rows {
            guard let change = row.change else {
                written.frames.append(row.frames)
                continue
            }
            let isMade = try TaskTable.change(task, to: change.task, from: change.from, in: db)
            if isMade, change.task.record.status.isOver { try endings?.write(change.task.record, in: db) }
            for patch in change.patches where isMade { try TaskTable.merge(patch, intoStateOf: task, in: db) }
            written.verdicts.append(Verdict(isMade: isMade, isLast: change.task.record.status.isOver))
            written.frames.append(
                isMade ? row.frames : try standing(row.frames.first, of: task, at: time, in: db))
        }
        try EventTable.append(written.frames, of: task, at: time, to: db)
        return written
    }

    private static func standing(
        _ seq: UInt64, of task: Int64, at time: Timestamp, in db: borrowing WriteConnection
    ) throws -> KeptFrames {
        let record = try db.first("select record from task_record where task = ?", task) {
            try $0[0, as: String.self]
        }
        guard let record else { throw TaskStorageError.noTask }
        return stateFrame(seq, at: time, Array(record.utf8))
    }

    /// One `state` entry.
    static func stateFrame(_ seq: UInt64, at time: Timestamp, _ json: [UInt8]) -> KeptFrames {
        var block = FrameBlock()
        var text = TimestampText()
        text.set(to: time)
        block.addState(seq, at: text, json)
        return KeptFrames(first: seq, last: seq, bytes: block.take())
    }
}
