import Glibc
import Testing

@testable import Loop

/// Who belongs to a tree, without any process.
@Suite struct ProcessTreeTests {
    private let tree = ProcessTree(leader: 10, birth: 1, marker: "1-1")

    private func record(
        _ pid: pid_t, parent: pid_t, session: pid_t, zombie: Bool = false, marker: String? = nil
    ) -> ProcessRecord {
        ProcessRecord(
            id: .init(pid: pid, start: 5), parent: parent, session: session, isZombie: zombie, marker: marker)
    }

    private func members(_ records: [ProcessRecord], ownsSession: Bool = true) -> [pid_t] {
        ProcessSearch(tree: tree, ownsSession: ownsSession).members(in: ProcessTable(records)).map(\.pid)
    }

    @Test func itsSessionBelongsToATree() {
        #expect(
            members([record(10, parent: 1, session: 10), record(11, parent: 1, session: 10)]) == [10, 11])
    }

    @Test func whoLeftTheSessionBelongsByItsMark() {
        #expect(members([record(12, parent: 1, session: 12, marker: "1-1")]) == [12])
    }

    @Test func descendantsOfAMemberBelongWithoutMarkOrSession() {
        let lost = record(13, parent: 12, session: 13, marker: nil)
        #expect(members([record(12, parent: 1, session: 12, marker: "1-1"), lost]) == [12, 13])
    }

    @Test func anotherTreeDoesNotBelong() {
        #expect(members([record(20, parent: 1, session: 20, marker: "1-2")]) == [])
    }

    @Test func allOfAnOnlyChildBelongsWhateverItShed() {
        let search = ProcessSearch(tree: tree, ownsSession: false, ownsAll: true)
        let table = ProcessTable([record(30, parent: 1, session: 30), record(31, parent: 30, session: 31)])
        #expect(search.members(in: table).map(\.pid) == [30, 31])
    }

    @Test func aLaterChildWithTheSamePidDoesNotBelong() {
        #expect(members([record(10, parent: 1, session: 10, marker: "1-9")], ownsSession: false) == [])
    }

    @Test func aLeaderThatEndedIsLeftToItsLoop() {
        #expect(members([record(10, parent: 1, session: 10, zombie: true)]) == [])
    }

    @Test func aNameMayContainAnything() {
        let rest = "S 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 99 1000 200"
        let line = Array("42 (a) R 1 2 3 (\n)) \(rest)\n".utf8)
        #expect(
            ProcessRecord(pid: 42, stat: line)
                == ProcessRecord(id: .init(pid: 42, start: 99), parent: 7, session: 9))
    }

    @Test(arguments: [
        "", "42", "42 (sh", "42 (sh)", "42 (sh) S 1 2", "42 (sh) S x 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2",
    ])
    func aLineThatIsCutShortIsNoProcess(_ line: String) {
        #expect(ProcessRecord(pid: 42, stat: Array(line.utf8)) == nil)
    }
}
