import Glibc
import Loop
import TestKit
import Wire

/// Everything that people do with tasks, in a random order, by one who keeps book of it.
struct TaskLoad {
    /// So many tasks are not over at one time.
    private static let mostLiving = 24

    var ledger: TaskLedger
    var random: SeededRandom
    private(set) var requests = 0

    init(name: String, random: SeededRandom) {
        ledger = TaskLedger(name: name)
        self.random = random
    }

    /// Goes on until the server is gone.
    ///
    /// - Parameter last: behind so many requests, and a last one that changes something, the server is killed: what
    ///   it says before it has done it shows where nothing comes between.
    mutating func run(on server: ServerUnderTest, killingAfter last: Int? = nil) throws {
        let end = last.map { requests + $0 }
        let watchers = [TaskWatcher(), TaskWatcher()]
        defer { for watcher in watchers { watcher.leave() } }
        while true {
            do {
                try step(on: server)
                if let end, requests >= end {
                    if Bool.random(using: &random) { try cancel(on: server) } else { try submit(to: server) }
                    server.child.signal(SIGKILL)
                }
                for watcher in watchers where watcher.task == nil {
                    guard let task = ledger.tasks.keys.sorted().randomElement(using: &random),
                        ledger.tasks[task]?.wasAskedToDelete == false
                    else { continue }
                    try watcher.watch(task, of: server)
                }
            } catch let error as Refusal {
                throw error.error
            } catch {
                // No answer: the server is gone. What it had sent before is there to be read.
                for watcher in watchers { while try watcher.take(into: &ledger, patience: 1000) {} }
                return
            }
            for watcher in watchers { _ = try watcher.take(into: &ledger, patience: 2) }
        }
    }

    /// An answer that should not have been, in contrast to none.
    private struct Refusal: Error {
        let error: StressError
    }

    /// A server that is told to stop may also say so.
    private static func ask(
        _ server: ServerUnderTest, _ method: String, _ path: String, body: String = "",
        headers: [String: String] = [:]
    ) throws -> Answer {
        let answer = try server.ask(method, path, body: body, headers: headers)
        try expect(answer.status != 503, "it is going away")
        return answer
    }

    private func demand(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
        if !condition { throw Refusal(error: StressError(otherwise())) }
    }

    private mutating func step(on server: ServerUnderTest) throws {
        requests += 1
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<40: if ledger.living.count < Self.mostLiving { try submit(to: server) }
        case 40..<55: try cancel(on: server)
        case 55..<65: try delete(on: server)
        case 65..<71: try pause(Int.random(in: 0..<3, using: &random) == 0, server)
        case 71..<80: try move(on: server)
        case 80..<90: try repeatRequest(to: server)
        default: try note(line: Self.ask(server, "GET", "/api/v1/queue").object())
        }
    }

    /// Several at once: none waits for the answer of another.
    private mutating func submit(to server: ServerUnderTest) throws {
        let requests = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            ledger.makeRequest(for: StressWorkflows.names.randomElement(using: &random)!)
        }
        let peers = requests.map { request in
            try? server.send(
                "POST", "/api/v1/tasks", body: request.body, headers: ["Idempotency-Key": request.key])
        }
        for (request, peer) in zip(requests, peers) {
            guard let answer = try? peer.map({ try Answer(from: $0) }), answer.status != 503 else {
                ledger.unanswered.append(request)
                continue
            }
            try demand(answer.status == 201, "a task was answered \(answer.status) \(answer.text)")
            ledger.tasks[try answer.object(201).text("id") ?? ""] = TaskLedger.Entry(request: request)
        }
        if peers.contains(where: { $0 == nil }) || !ledger.unanswered.isEmpty {
            throw StressError("no answer")
        }
    }

    /// The same request is the same task.
    private mutating func repeatRequest(to server: ServerUnderTest) throws {
        guard
            let (id, entry) = ledger.tasks.filter({ !$0.value.wasAskedToDelete })
                .sorted(by: { $0.key < $1.key }).randomElement(using: &random)
        else { return }
        let answer = try Self.ask(
            server,
            "POST", "/api/v1/tasks", body: entry.request.body, headers: ["Idempotency-Key": entry.request.key]
        )
        let same = JSONObject(minified: answer.body)?.text("id")
        try demand(
            answer.status == 200 && same == id, "\(id) was asked for again: \(answer.status) \(answer.text)")
    }

    private mutating func cancel(on server: ServerUnderTest) throws {
        guard let id = ledger.living.randomElement(using: &random) else { return }
        let answer = try Self.ask(server, "POST", "/api/v1/tasks/\(id)/cancel")
        try demand(
            [202, 409].contains(answer.status), "cancelling was answered \(answer.status) \(answer.text)")
        if answer.status == 202 { ledger.tasks[id]?.isCancelled = true }
    }

    private mutating func delete(on server: ServerUnderTest) throws {
        guard
            let id = ledger.tasks.filter({ !$0.value.wasAskedToDelete }).keys.sorted()
                .randomElement(using: &random)
        else { return }
        ledger.tasks[id]?.wasAskedToDelete = true
        let answer = try Self.ask(server, "DELETE", "/api/v1/tasks/\(id)")
        try demand(
            [204, 409].contains(answer.status), "deleting was answered \(answer.status) \(answer.text)")
        ledger.tasks[id]?.isDeleted = answer.status == 204
        if answer.status == 409 { ledger.tasks[id]?.wasAskedToDelete = false }
    }

    private mutating func pause(_ isPaused: Bool, _ server: ServerUnderTest) throws {
        ledger.isPaused = nil
        try note(line: Self.ask(server, "POST", "/api/v1/queue/\(isPaused ? "pause" : "resume")").object())
        try demand(ledger.isPaused == isPaused, "the line was not \(isPaused ? "paused" : "resumed")")
    }

    private mutating func move(on server: ServerUnderTest) throws {
        guard let line = ledger.line, line.count > 1, let id = line.randomElement(using: &random),
            let other = line.randomElement(using: &random)
        else { return }
        ledger.line = nil
        let answer = try Self.ask(
            server,
            "POST", "/api/v1/tasks/\(id)/move", body: id == other ? "{}" : #"{"before":"\#(other)"}"#)
        // 409, 404: one of them waits no more, or is not there any more.
        try demand(
            [200, 409, 404].contains(answer.status), "moving was answered \(answer.status) \(answer.text)")
        if answer.status == 200 { try note(line: answer.object()) }
    }

    mutating func note(line: JSONObject) throws {
        ledger.isPaused = line["is_paused"].map { String(decoding: $0, as: UTF8.self) == "true" }
        ledger.line = Self.waiting(in: line)
    }

    static func waiting(in line: JSONObject) -> [String] {
        JSONList.elements(of: line["waiting"] ?? []).compactMap {
            JSONObject(minified: Array($0))?.text("id")
        }
    }
}
