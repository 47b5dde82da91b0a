import JSONCoding
import Loop
import Store
import TestKit
import Testing

@testable import Workflows

@Suite struct TaskTableTests {
    @Test func aTaskIsReadBackAsItWasPutIn() async throws {
        try await withTasks { store, _ in
            var task = TaskRecord.sample().ended(.failed)
            task.usage = ["tokens": 12, "ownFigure": 0.5]
            task.phases[0].outputs = ["camelCase": "1", "snake_case": "2"]
            task.phases[0].exitStatus = 3
            let number = try await store.add(task)
            let id = task.id
            let stored = try await store.read { try TaskTable.task(id, in: $0) }
            #expect(stored == StoredTask(number: number, record: task, firstSeq: 1, lastSeq: 1))
            #expect(try await store.read { try TaskTable.task(.make(), in: $0) } == nil)
            let messages = try await store.messages(of: number)
            try #require(messages.count == 1)
            #expect(
                messages[0].hasPrefix(
                    "{\"type\":\"state\",\"seq\":1,\"ts\":\"2027-01-15T08:00:00.000Z\",\"data\":{"))
            #expect(messages[0].contains("\"id\":\"\(id)\""))
        }
    }

    @Test func aStatusChangesOnceFromWhatItWasAndNeverFromAnEnd() async throws {
        try await withTasks { store, _ in
            let task = TaskRecord.sample()
            let number = try await store.add(task)
            #expect(try await store.change(number, to: task.running(), from: .running) == false)
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for status in [TaskStatus.running, .cancelled, .failed, .running] {
                    let record = status == .running ? task.running() : task.ended(status)
                    group.addTask { try await store.change(number, to: record, from: .pending) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
            _ = try await store.change(number, to: task.ended(.succeeded), from: .running)
            let id = task.id
            let over = try await store.read { try TaskTable.task(id, in: $0) }
            #expect(over?.record.status.isOver == true)
            for from in TaskStatus.allCases {
                #expect(try await store.change(number, to: task.running(), from: from) == false, "\(from)")
            }
            #expect(try await store.read { try TaskTable.task(id, in: $0) } == over)
        }
    }

    @Test func theSameRequestBeginsOneTaskForADay() async throws {
        try await withTasks { store, _ in
            let day: Int64 = 86_400_000
            func submit(_ owner: String?, _ key: String, _ print: String, at time: Int64) async throws -> (
                TaskID, TaskSubmission
            ) {
                let task = TaskRecord.sample(owner: owner, at: time)
                let request = RequestKey(owner: owner, key: key, fingerprint: print)
                return (task.id, try await store.write { try TaskTable.insert(task, for: request, into: $0) })
            }
            let (first, accepted) = try await submit("anna", "k", "a", at: day)
            #expect(accepted == .accepted(number: 1))
            #expect(try await submit("anna", "k", "a", at: day + 5).1 == .repeated(first))
            #expect(try await submit("anna", "k", "b", at: day + 5).1 == .conflict(first))
            #expect(try await submit("ben", "k", "b", at: day + 5).1 == .accepted(number: 2))
            #expect(try await submit(nil, "k", "c", at: day + 5).1 == .accepted(number: 3))
            #expect(try await submit("anna", "k", "b", at: 2 * day - 1).1 == .conflict(first))
            #expect(try await submit("anna", "k", "b", at: 2 * day).1 == .accepted(number: 4))
            #expect(try await store.count("select count(*) from task") == 4)
        }
    }

    @Test func aListShowsWhatMatchesNewestFirstAndPagesStayWhereTheyAre() async throws {
        try await withTasks { store, _ in
            var tasks: [TaskRecord] = []
            for index in 0..<40 {
                let workflow = index % 2 == 0 ? "even" : "odd"
                let task = TaskRecord.sample(
                    workflow, title: "Número 100% \(index)", owner: index % 3 == 0 ? nil : "anna",
                    at: Int64(index))
                tasks.append(index % 4 == 0 ? task.ended(.succeeded) : task)
                try await store.add(tasks[index])
            }
            func ids(_ filter: TaskFilter) async throws -> [Int] {
                var found: [Int] = []
                var cursor: Int64?
                repeat {
                    let (from, isFirst) = (cursor, found.isEmpty)
                    let page = try await store.read {
                        try TaskTable.list(filter, before: from, limit: 3, in: $0)
                    }
                    found += page.tasks.compactMap { task in tasks.firstIndex { $0.id == task.record.id } }
                    cursor = page.next
                    // Whoever comes in between is on none of the later pages.
                    if isFirst { try await store.add(.sample("even", title: "later", at: 1_000_000)) }
                    if page.next == nil { #expect(page.total >= found.count) }
                } while cursor != nil
                return found
            }
            func expected(_ matches: (Int) -> Bool) -> [Int] { (0..<40).reversed().filter(matches) }
            #expect(
                try await ids(TaskFilter(createdBefore: Timestamp(milliseconds: 99)))
                    == expected { _ in true })
            #expect(try await ids(TaskFilter(statuses: [.succeeded, .failed])) == expected { $0 % 4 == 0 })
            #expect(try await ids(TaskFilter(workflow: "odd")) == expected { $0 % 2 == 1 })
            #expect(
                try await ids(TaskFilter(workflow: "even", owner: "anna"))
                    == expected { $0 % 2 == 0 && $0 % 3 > 0 })
            #expect(try await ids(TaskFilter(text: "NÚMERO 100% 3")) == expected { $0 == 3 || $0 >= 30 })
            let range = TaskFilter(
                createdFrom: Timestamp(milliseconds: 10), createdBefore: Timestamp(milliseconds: 20))
            #expect(try await ids(range) == expected { (10..<20).contains($0) })
            let none = try await store.read { try TaskTable.list(TaskFilter(statuses: []), limit: 5, in: $0) }
            #expect(none == TaskPage(tasks: [], total: 0, next: nil))
            let unfinished = try await store.read { try TaskTable.unfinished(in: $0) }
            #expect(unfinished.prefix(30).map(\.record) == tasks.filter { !$0.status.isOver })
        }
    }

    @Test func onlyATaskThatIsOverIsDeletedAndItsEventsGoWithIt() async throws {
        try await withTasks { store, _ in
            let over = TaskRecord.sample().ended(.succeeded)
            let waiting = TaskRecord.sample()
            try await store.add(over)
            try await store.add(waiting)
            let answers = try await store.write { db in
                [
                    try TaskTable.delete(over.id, in: db), try TaskTable.delete(over.id, in: db),
                    try TaskTable.delete(waiting.id, in: db),
                ]
            }
            #expect(answers == [true, nil, false])
            try await TaskRetention(in: store).sweep()
            #expect(try await store.count("select count(*) from task_event") == 1)
            #expect(try await store.count("select count(*) from task_record") == 1)
            #expect(try await store.count("select count(*) from task_orphan") == 0)
        }
    }

    @Test func theStateDocumentIsMerged() async throws {
        try await withTasks { store, _ in
            let task = TaskRecord.sample()
            let number = try await store.add(task)
            let id = task.id
            #expect(try await store.read { try TaskTable.state(of: id, in: $0) } == "{}")
            #expect(try await store.read { try TaskTable.state(of: .make(), in: $0) } == nil)
            // The cases of RFC 7396 whose two sides are objects.
            for json in [
                #"{"a":"b","c":{"d":"e","f":"g"},"n":null}"#, #"{"a":"z","c":{"f":null},"l":[1,null]}"#,
            ] {
                let patch = try #require(try StatePatch(Array(json.utf8)))
                try await store.write { try TaskTable.merge(patch, intoStateOf: number, in: $0) }
            }
            let state = try await store.read { try TaskTable.state(of: id, in: $0) }
            #expect(state == #"{"a":"z","c":{"d":"e"},"l":[1,null]}"#)
            #expect(try StatePatch(Array("[1]".utf8)) == nil)
            #expect(throws: (any Error).self) { try StatePatch(Array("{".utf8)) }
        }
    }
}
