import Store
import Testing

@Suite struct ReadTests {
    @Test func aReaderSeesOneStateWhateverIsWrittenMeanwhile() async throws {
        try await withStore { store, _ in
            try await store.add("before")
            let gate = Gate()
            let counts = Task {
                try await store.read { db in
                    let first = try db.first("select count(*) from note") { try $0[0, as: Int.self] }
                    gate.wait()
                    return [
                        first, try db.first("select count(*) from note where 1") { try $0[0, as: Int.self] },
                    ]
                }
            }
            await gate.reached()
            try await store.add("meanwhile")
            gate.open()
            let seen = try await counts.value
            #expect(seen == [1, 1])
            let now = try await store.count()
            #expect(now == 2)
        }
    }

    @Test func readersDoNotWaitForTheWriter() async throws {
        try await withStore { store, _ in
            let gate = Gate()
            let writing = Task { await problem { try await store.write { _ in gate.wait() } } }
            await gate.reached()
            let count = try await store.count()
            #expect(count == 0)
            gate.open()
            let outcome = await writing.value
            #expect(outcome == nil)
        }
    }

    @Test func aQueryMayRunInsideTheRowsOfTheSameQuery() async throws {
        try await withStore { store, _ in
            for text in ["a", "b", "c"] { try await store.add(text) }
            let pairs = try await store.read { db in
                let texts: StaticString = "select text from note order by id"
                var pairs: [String] = []
                try db.rows(texts) { outer in
                    let left: String = try outer[0]
                    try db.rows(texts) { inner in pairs.append(left + (try inner[0, as: String.self])) }
                }
                return pairs
            }
            #expect(pairs == ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"])
        }
    }
}
