import Loop
import Wire

/// What must hold of tasks after a crash, whenever it came.
struct TaskChecks {
    let server: ServerUnderTest
    let workflows: StressWorkflows

    /// All that is known, against what the server tells now. Notes which tasks are over.
    func check(_ load: inout TaskLoad, on loop: isolated EventLoop) async throws {
        try checkLine(&load)
        try checkUnanswered(&load.ledger)
        for (id, entry) in load.ledger.tasks where entry.wasAskedToDelete && entry.ending != "deleted" {
            let status = try server.ask("GET", "/api/v1/tasks/\(id)").status
            try expect(!entry.isDeleted || status == 404, "\(id) was deleted and is there: \(status)")
            // Nothing was said: it may be there or not, and is looked at as the others where it is.
            if status == 404 {
                load.ledger.tasks[id]?.ending = "deleted"
            } else {
                load.ledger.tasks[id]?.wasAskedToDelete = false
            }
        }
        for id in load.ledger.living {
            try check(id, &load.ledger)
            guard let entry = load.ledger.tasks[id], entry.isCancelled else { continue }
            try expect(entry.ending != nil, "\(id) was cancelled, and is not over")
        }
        try checkBeginnings(load.ledger)
        try await checkProcesses(load.ledger, on: loop)
    }

    /// Those that are over, too: nothing of them changes any more.
    func checkEnded(_ ledger: inout TaskLedger) throws {
        for id in ledger.ended {
            let ending = ledger.tasks[id]?.ending
            try check(id, &ledger)
            try expect(
                ledger.tasks[id]?.ending == ending,
                "\(id) was \(ending ?? "") and is \(ledger.tasks[id]?.ending ?? "")")
        }
    }

    /// Waits until every task is over.
    func finish(_ ledger: inout TaskLedger, on loop: isolated EventLoop) async throws {
        _ = try server.ask("POST", "/api/v1/queue/resume").object()
        let limit = loop.clock.now + .seconds(90)
        while !ledger.living.isEmpty {
            for id in ledger.living { try check(id, &ledger) }
            try expect(loop.clock.now < limit, "these do not end: \(ledger.living)")
            // Looked at again until the deadline: they end at their own pace.
            await loop.sleep(until: loop.clock.now + .milliseconds(50))
        }
        try checkBeginnings(ledger)
    }

    // MARK: The line

    private func checkLine(_ load: inout TaskLoad) throws {
        let line = try server.ask("GET", "/api/v1/queue").object()
        let (isPaused, before) = (load.ledger.isPaused, load.ledger.line)
        try load.note(line: line)
        if let isPaused {
            try expect(load.ledger.isPaused == isPaused, "it was \(isPaused ? "" : "not ")paused before")
        }
        guard let before, let now = load.ledger.line else { return }
        let (old, new) = (before.filter(now.contains), now.filter(before.contains))
        try expect(old == new, "the line was \(old) and is \(new)")
    }

    /// Who asks again gets the one task that there is, whether or not the first request was heard.
    private func checkUnanswered(_ ledger: inout TaskLedger) throws {
        for request in ledger.unanswered {
            let answer = try server.ask(
                "POST", "/api/v1/tasks", body: request.body, headers: ["Idempotency-Key": request.key])
            guard [200, 201].contains(answer.status), let task = JSONObject(minified: answer.body)?.text("id")
            else { throw StressError("asked again, it answered \(answer.status) \(answer.text)") }
            ledger.tasks[task] = TaskLedger.Entry(request: request)
        }
        ledger.unanswered = []
    }

    // MARK: One task

    private func check(_ id: String, _ ledger: inout TaskLedger) throws {
        let record = try server.ask("GET", "/api/v1/tasks/\(id)").object()
        guard let entry = ledger.tasks[id] else { return }
        let (status, reason) = (record.text("status") ?? "", record.text("reason"))
        try expect(
            Self.text(record["inputs"]) == entry.request.inputs
                && record.text("requirement") == entry.request.requirement,
            "\(id) was to be \(entry.request.body) and is \(Self.text(record["inputs"]))")
        let isOver = !["PENDING", "RUNNING"].contains(status)
        let last = try checkEvents(of: id, entry, isOver: isOver)
        if isOver {
            try expect(last == status, "\(id) is \(status), and its last word is \(last ?? "none")")
            let isInterrupted = reason == "interrupted"
            try expect(
                !isInterrupted || !StressWorkflows.beginAnew.contains(entry.request.workflow)
                    || entry.isCancelled, "\(id) should have begun anew")
            ledger.tasks[id]?.ending = status + " " + (reason ?? "")
        }
    }

    /// Numbers from 1 on without a hole, what watchers saw as they saw it, and nothing behind the end.
    private func checkEvents(of id: String, _ entry: TaskLedger.Entry, isOver: Bool) throws -> String? {
        var (next, state) = (UInt64(1), String?.none)
        var last = UInt64(0)
        repeat {
            let page = try server.ask("GET", "/api/v1/tasks/\(id)/events?after=\(next - 1)&limit=10000")
                .object()
            last = page.number("last") ?? 0
            try expect(page.number("first") == 1, "\(id) begins with \(Self.text(page["first"]))")
            let messages = JSONList.elements(of: page["messages"] ?? [])
            try expect(!messages.isEmpty || next == last + 1, "\(id) has nothing at \(next) of \(last)")
            for message in messages {
                guard let object = JSONObject(minified: Array(message)) else { continue }
                try expect(
                    object.number("seq") == next, "\(id) has \(Self.text(message)) where \(next) should be")
                if let seen = entry.seen[next] {
                    try expect(
                        message.elementsEqual(seen),
                        "\(id) has \(Self.text(message)) where a watcher saw \(String(decoding: seen, as: UTF8.self))"
                    )
                }
                try expect(
                    state == nil || state == "PENDING" || state == "RUNNING",
                    "\(id) has \(Self.text(message)) behind its end")
                if object.text("type") == "state" {
                    state = object["data"].flatMap { JSONObject(minified: Array($0)) }?.text("status")
                }
                next += 1
            }
        } while next <= last && isOver
        let highest = entry.seen.keys.max() ?? 0
        try expect(
            highest < next || !isOver && highest <= last, "\(id) has lost what a watcher saw at \(highest)")
        return state
    }

    // MARK: What ran

    /// What may not run twice has not.
    private func checkBeginnings(_ ledger: TaskLedger) throws {
        for (id, count) in workflows.beginnings() where count > 1 {
            guard let workflow = ledger.tasks[id]?.request.workflow else { continue }
            try expect(
                StressWorkflows.beginAnew.contains(workflow), "\(id), a \(workflow), has begun \(count) times"
            )
        }
    }

    /// Who is said to run does.
    private func checkProcesses(_ ledger: TaskLedger, on loop: isolated EventLoop) async throws {
        var running = try Set(ledger.living.filter(isRunning))
        let limit = loop.clock.now + .seconds(10)
        while true {
            running.subtract(MarkedProcesses(mark: workflows.mark).tasks)
            running = try running.filter(isRunning)
            if running.isEmpty { return }
            try expect(loop.clock.now < limit, "these run without a process: \(running)")
            await loop.sleep(until: loop.clock.now + .milliseconds(20))
        }
    }

    private func isRunning(_ id: String) throws -> Bool {
        try server.ask("GET", "/api/v1/tasks/\(id)").object().text("status") == "RUNNING"
    }

    private static func text(_ json: ArraySlice<UInt8>?) -> String {
        String(decoding: json ?? [], as: UTF8.self)
    }
}
