import Glibc
import Store
import Synchronization
import TestKit
import Testing

/// A folder for one test, gone afterwards.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/holdfast-store-XXXXXX".utf8CString)
        path = unsafe template.withUnsafeMutableBufferPointer { template in
            guard let start = template.baseAddress, let made = unsafe mkdtemp(start) else {
                fatalError("mkdtemp: \(errno)")
            }
            return unsafe String(cString: made)
        }
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        for name in entries(of: path) { unsafe unlink(path + "/" + name) }
        unsafe rmdir(path)
    }

    static func entries(of path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

let notes = Migration(
    1, "notes", "create table note(id integer primary key, text text not null unique) strict")

/// A store in a folder of its own, closed whatever the test does.
@discardableResult
func withStore<Result>(
    migrations: [Migration] = [notes],
    _ body: (Store, _ folder: String) async throws -> Result
) async throws -> Result {
    let folder = TemporaryFolder()
    return try await withStore(in: folder.path, migrations: migrations) { store in
        try await body(store, folder.path)
    }
}

@discardableResult
func withStore<Result>(
    in folder: String, role: Store.Role = .owner, migrations: [Migration] = [notes],
    _ body: (Store) async throws -> Result
) async throws -> Result {
    let store = try Store(folder: folder, role: role, migrations: migrations)
    let result: Result
    do { result = try await body(store) } catch {
        await store.close()
        throw error
    }
    await store.close()
    return result
}

extension Store {
    func count() async throws(StoreError) -> Int {
        try await read { db in try db.first("select count(*) from note") { try $0[0] } ?? 0 }
    }

    func add(_ text: String) async throws(StoreError) {
        try await write { db in try db.run("insert into note(text) values (?)", text) }
    }
}

/// A change that never ends by itself.
let endlessInsert: StaticString = """
    insert into note(text)
    with recursive n(i) as (values(1) union all select i + 1 from n) select i from n where i < 0
    """

/// A query that never ends by itself.
let endlessQuery: StaticString =
    "with recursive n(i) as (values(1) union all select i + 1 from n) select count(*) from n"

/// What went otherwise than expected, in words; `nil` when it ended as it should.
func problem(expecting expected: StoreError? = nil, _ call: () async throws -> Void) async -> String? {
    do {
        try await call()
        return expected.map { "expected \($0), and it went through" }
    } catch {
        return error as? StoreError == expected ? nil : "expected \(expected as Any), got \(error)"
    }
}

/// Makes a call in a task of its own and cancels the task when the call's body says that it runs.
func cancelledMidway(_ call: @escaping @Sendable (_ running: Gate) async throws -> Void) async throws {
    let running = Gate()
    let task = Task { try await call(running) }
    await running.reached()
    task.cancel()
    try await task.value
}

/// Holds the writing thread until `count` calls of `write` are queued, so that they run as one group, and
/// checks how each of them ends.
func inOneGroup(
    _ store: Store, of count: Int, expecting: (Int) -> StoreError?,
    write: @escaping @Sendable (Int) async throws -> Void
) async {
    let gate = Gate()
    await withTaskGroup(of: String?.self) { group in
        group.addTask { await problem { try await store.write { _ in gate.wait() } } }
        await gate.reached()
        for number in 0..<count {
            let expected = expecting(number)
            group.addTask { await problem(expecting: expected) { try await write(number) } }
        }
        await happens("all wait") { store.statistics.waitingWrites == count }
        gate.open()
        for await problem in group { #expect(problem == nil) }
    }
}

/// Waits until it happens; what does not is an issue, and the test goes on, to let go of whom it holds.
func happens(
    _ what: String, _ condition: () async -> Bool, at place: SourceLocation = #_sourceLocation
) async {
    do { try await eventually(what, condition) } catch { Issue.record(error, sourceLocation: place) }
}

/// Where a body on one of the store's threads stops until the test lets it go on.
final class Gate: Sendable {
    private let arrived = Atomic(false)
    private let opened = Atomic(false)

    func arrive() { arrived.store(true, ordering: .sequentiallyConsistent) }

    func wait() {
        arrive()
        // It holds a thread of the store on purpose, until the test opens the gate.
        while !opened.load(ordering: .sequentiallyConsistent) { usleep(200) }
    }

    func reached() async {
        await happens("it is reached") { self.arrived.load(ordering: .sequentiallyConsistent) }
    }

    func open() { opened.store(true, ordering: .sequentiallyConsistent) }
}
