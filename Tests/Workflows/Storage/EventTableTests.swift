import Loop
import Sessions
import Store
import TestKit
import Testing

@testable import Workflows

@Suite struct EventTableTests {
    /// The headers of a stored row are changed byte by byte, and it is cut: nothing traps.
    @Test func damagedRowsAreToldAndNeverWalked() async throws {
        try await withTasks { store, _ in
            let number = try await store.add(.sample())
            let rows = (2...4 as ClosedRange<UInt64>).map {
                JournalRow.stateFrame($0, at: .now, Array("{}".utf8))
            }
            let long = JournalRow.stateFrame(5, at: .now, [UInt8](repeating: 0x20, count: 70_000))
            let whole = KeptFrames(first: 2, last: 5, bytes: (rows + [long]).flatMap(\.bytes))
            try await store.write { try EventTable.append([whole], of: number, at: .now, to: $0) }
            let archive = TaskArchive(of: number, in: store)
            #expect(try await archive.page(from: 4, bytes: 10).end == 6)
            let header = rows.reduce(0) { $0 + $1.bytes.count }
            for index in [0, 1, header, header + 1] + Array(header + 2..<header + 10) {
                var bytes = whole.bytes
                bytes[index] = bytes[index] == 0xFF ? 0 : 0xFF
                await expectDamage(bytes, store, archive)
            }
            for count in [0, 1, 5, header + 1, header + 9, whole.bytes.count - 1] {
                await expectDamage(Array(whole.bytes.prefix(count)), store, archive)
            }
            await expectDamage(whole.bytes + [0x81], store, archive)
        }
    }

    private func expectDamage(_ bytes: [UInt8], _ store: Store, _ archive: TaskArchive) async {
        _ = try? await store.write {
            try $0.run("update task_event set frames = ?, size = ? where first = 2", bytes, bytes.count)
        }
        await #expect(throws: LogError.archive("entries 2 to 5 are damaged")) {
            _ = try await archive.page(from: 3, bytes: 10)
        }
    }

    /// Lines that repeat each other take a fraction; whatever becomes of what is kept, it is told and not believed.
    @Test func packedRowsAreSmallAndDamageIsTold() async throws {
        try await withTasks { store, _ in
            let number = try await store.add(.sample())
            var block: [UInt8] = []
            for seq in 2...500 as ClosedRange<UInt64> {
                block +=
                    JournalRow.stateFrame(seq, at: .now, Array(#"{"text":"a line like others"}"#.utf8)).bytes
            }
            let row = KeptFrames(first: 2, last: 500, bytes: block)
            try await store.write { try EventTable.append([row], of: number, at: .now, to: $0) }
            let kept = try await store.read { db in
                try db.first("select frames from task_event where first = 2") { try $0[0, as: [UInt8].self] }
                    ?? []
            }
            #expect(kept.count < block.count / 4)
            let archive = TaskArchive(of: number, in: store)
            #expect(try await archive.page(from: 2, bytes: 1).byteCount == block.count)
            for count in [0, 1, kept.count / 2, kept.count - 1] {
                let cut = Array(kept.prefix(count))
                _ = try await store.write {
                    try $0.run("update task_event set frames = ? where first = 2", cut)
                }
                await #expect(throws: LogError.self) { _ = try await archive.page(from: 2, bytes: 1) }
            }
        }
    }

    @Test func aRowThatIsMissingIsTold() async throws {
        try await withTasks { store, _ in
            let number = try await store.add(.sample())
            let rows = (2...9 as ClosedRange<UInt64>).map {
                JournalRow.stateFrame($0, at: .now, Array("{}".utf8))
            }
            try await store.write { try EventTable.append(rows, of: number, at: .now, to: $0) }
            try await store.write { try $0.run("delete from task_event where last = 5") }
            let archive = TaskArchive(of: number, in: store)
            #expect(try await archive.page(from: 6, bytes: 10_000).end == 10)
            for seq: UInt64 in [1, 5, 10] {
                await #expect(throws: LogError.archive("entry \(seq == 10 ? 10 : 5) is missing")) {
                    _ = try await archive.page(from: seq, bytes: 10_000)
                }
            }
        }
    }
}
