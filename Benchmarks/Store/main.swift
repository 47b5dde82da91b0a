import Glibc
import Store

// How many writes a second the store acknowledges, each safe on the disk, and how long one waits, for growing
// numbers of callers that each write again as soon as they are answered.
//
//     StoreBench FOLDER [SECONDS]

guard CommandLine.arguments.count > 1 else {
    print("usage: StoreBench FOLDER [SECONDS]")
    exit(2)
}
let folder = CommandLine.arguments[1]
let seconds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 3 : 3
let lines = Migration(1, "lines", "create table line(id integer primary key, time integer, text text) strict")

for writers in [1, 16, 256] {
    let store = try Store(folder: folder, migrations: [lines])
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    await withTaskGroup { group in
        for writer in 0..<writers {
            group.addTask {
                while ContinuousClock.now < end {
                    do {
                        try await store.write { db in
                            try db.run(
                                "insert into line(time, text) values (?, ?)", writer,
                                "a line of the audit trail")
                        }
                    } catch { fatalError("\(error)") }
                }
            }
        }
    }
    let took = (ContinuousClock.now - start) / .seconds(1)
    let done = store.statistics
    let each = done.writeTime / .milliseconds(1) / Double(done.writes)
    print(
        "\(writers) writers: \(Int(Double(done.writes) / took)) writes/s in \(Int(Double(done.commits) / took)) commits/s,",
        "mean wait \(Double(Int(each * 1_000)) / 1_000) ms, largest group \(done.largestGroup)")
    await store.close()
}
