import Loop
package import Store

extension TaskHistory {
    /// Counts the tasks that match. One walk over an index that holds all that is asked, a range of it for each
    /// workflow and status, in the order in which they ended.
    package static func read(_ filter: HistoryFilter, in db: borrowing ReadConnection) throws -> TaskHistory {
        var history = TaskHistory()
        var all: [Int64] = []
        var days: [Int64: Figures] = [:]
        for name in try workflows(filter, in: db) {
            var workflow = Workflow(workflow: name)
            var durations: [Int64] = []
            for status in TaskStatus.allCases where status.isOver && filter.statuses?.contains(status) ?? true
            {
                try scan(
                    name, status, filter, in: db, days: &days, durations: &durations, of: &workflow.figures)
            }
            guard workflow.figures.total > 0 else { continue }
            all += durations
            workflow.durations = Durations(&durations)
            workflow.figures.rate()
            history.figures.add(workflow.figures)
            history.byWorkflow.append(workflow)
        }
        history.durations = Durations(&all)
        history.figures.rate()
        history.byDay = days.sorted { $0.key < $1.key }.map { number, figures in
            var day = Day(day: Timestamp(milliseconds: number * dayLength), figures: figures)
            day.figures.rate()
            return day
        }
        return history
    }

    private static var dayLength: Int64 { 86_400_000 }

    /// By name. Each is found from the one before, by one look into the index.
    private static func workflows(_ filter: HistoryFilter, in db: borrowing ReadConnection) throws -> [String]
    {
        if let workflow = filter.workflow { return [workflow] }
        var names: [String] = []
        while let name = try db.first(
            """
            select workflow from task indexed by task_history
            where ended is not null and workflow > ?
            order by workflow limit 1
            """, names.last ?? "", make: { try $0[0, as: String.self] })
        {
            names.append(name)
        }
        return names
    }

    private static func scan(
        _ workflow: String, _ status: TaskStatus, _ filter: HistoryFilter, in db: borrowing ReadConnection,
        days: inout [Int64: Figures], durations: inout [Int64], of figures: inout Figures
    ) throws {
        let from = filter.from?.milliseconds ?? .min
        let before = filter.before?.milliseconds ?? .max
        var today = Figures()
        var number: Int64?
        func take(_ row: borrowing Row) {
            let day = (row.integer(0) ?? 0) / dayLength
            if day != number {
                if let number { days[number, default: Figures()].add(today) }
                today = Figures()
                number = day
            }
            today.count(status, tokens: row.real(2) ?? 0, cost: row.real(3) ?? 0)
            if let duration = row.integer(1) { durations.append(duration) }
            figures.count(status, tokens: row.real(2) ?? 0, cost: row.real(3) ?? 0)
        }
        if let text = filter.text?.lowercased() {
            try db.rows(
                """
                select ended, duration, tokens, cost from task indexed by task_search
                where workflow = ? and status = ? and ended >= ? and ended < ? and instr(search, ?) > 0
                order by ended
                """, workflow, status.rawValue, from, before, text, each: take)
        } else {
            try db.rows(
                """
                select ended, duration, tokens, cost from task indexed by task_history
                where workflow = ? and status = ? and ended >= ? and ended < ? order by ended
                """, workflow, status.rawValue, from, before, each: take)
        }
        if let number { days[number, default: Figures()].add(today) }
    }
}

extension TaskHistory.Figures {
    @inline(__always)
    fileprivate mutating func count(_ status: TaskStatus, tokens: Double, cost: Double) {
        total += 1
        switch status {
        case .succeeded: succeeded += 1
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        case .pending, .running: break
        }
        self.tokens += tokens
        self.cost += cost
    }

    fileprivate mutating func add(_ other: Self) {
        total += other.total
        succeeded += other.succeeded
        failed += other.failed
        cancelled += other.cancelled
        tokens += other.tokens
        cost += other.cost
    }

    fileprivate mutating func rate() {
        let judged = succeeded + failed
        successRate = judged > 0 ? Double(succeeded) / Double(judged) : nil
    }
}

extension TaskHistory.Durations {
    /// Nil for none. The nearest rank: a value that is among them.
    fileprivate init?(_ milliseconds: inout [Int64]) {
        guard !milliseconds.isEmpty else { return nil }
        let count = milliseconds.count
        mean = Double(milliseconds.reduce(0, +)) / Double(count) / 1000
        p50 = Double(milliseconds.selected((count + 1) / 2 - 1)) / 1000
        p95 = Double(milliseconds.selected((count * 95 + 99) / 100 - 1)) / 1000
    }
}

extension [Int64] {
    /// The value that would stand at `rank` if they were in order (Hoare's quickselect). Reorders them.
    fileprivate mutating func selected(_ rank: Int) -> Int64 {
        var (low, high) = (0, count - 1)
        while low < high {
            // The middle one of three, so that what is in order already is no bad case.
            let (first, middle, last) = (self[low], self[low + (high - low) / 2], self[high])
            let pivot = Swift.max(Swift.min(first, middle), Swift.min(Swift.max(first, middle), last))
            var (left, right) = (low, high)
            while left <= right {
                while self[left] < pivot { left += 1 }
                while self[right] > pivot { right -= 1 }
                guard left <= right else { break }
                swapAt(left, right)
                left += 1
                right -= 1
            }
            if rank <= right { high = right } else if rank >= left { low = left } else { return self[rank] }
        }
        return self[rank]
    }
}
