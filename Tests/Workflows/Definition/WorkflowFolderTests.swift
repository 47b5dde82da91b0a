import Glibc
import TestKit
import Testing
import Workflows

@Suite struct WorkflowFolderTests {
    private let place: TemporaryFolder
    private let folder: WorkflowFolder

    init() throws {
        place = try TemporaryFolder()
        folder = WorkflowFolder(place.path)
    }

    private func workflow(_ title: String, name: String? = nil) -> String {
        (name.map { "name: \($0)\n" } ?? "") + "title: \(title)\nphases: {a: {run: x}}\n"
    }

    @Test func everyYAMLFileIsAWorkflowAndNothingElseIs() throws {
        try place.write(workflow("B"), to: "b.yml")
        try place.write(workflow("A"), to: "a.yaml")
        for name in ["notes.txt", ".hidden.yaml", "a.yaml~"] { try place.write("{", to: name) }
        #expect(folder.reload() == WorkflowChanges(added: ["a", "b"]))
        #expect(folder.all.map(\.title) == ["A", "B"])
        #expect(folder.problems == [])
        #expect(folder.reload().isEmpty)
    }

    @Test func aChangeIsTakenUpAndAFileThatIsGoneTakesItsWorkflowWithIt() throws {
        try place.write(workflow("One"), to: "a.yaml")
        folder.reload()
        // As long as the one before: neither size nor inode tells them apart.
        try place.write(workflow("Two"), to: "a.yaml")
        #expect(folder.reload() == WorkflowChanges(changed: ["a"]))
        #expect(folder.workflow(named: "a")?.title == "Two")
        #expect(unsafe unlink(place.file("a.yaml")) == 0)
        #expect(folder.reload() == WorkflowChanges(removed: ["a"]))
        #expect(folder.all == [])
    }

    @Test func aFileWithMistakesKeepsItsLastGoodVersionInForce() throws {
        try place.write(workflow("Good"), to: "a.yaml")
        folder.reload()
        try place.write("title: Bad\nphases:\n  a: {rn: x}\n", to: "a.yaml")
        let problems = folder.reload().problems
        #expect(problems.map(\.line) == [3, 3])
        #expect(problems.map(\.key) == ["phases.a.run", "phases.a.rn"])
        #expect(problems.map(\.file) == [place.file("a.yaml"), place.file("a.yaml")])
        #expect(folder.problems == problems)
        #expect(folder.workflow(named: "a")?.title == "Good")
        #expect(folder.snapshot.entry(named: "a")?.isCurrent == false)
        #expect(folder.reload().isEmpty)

        try place.write(workflow("Good"), to: "a.yaml")
        #expect(folder.reload() == WorkflowChanges(solved: problems))
        #expect(folder.snapshot.entry(named: "a")?.isCurrent == true)
    }

    @Test func aNameBelongsToWhoeverHadItFirst() throws {
        try place.write(workflow("First", name: "x"), to: "b.yaml")
        folder.reload()
        try place.write(workflow("Second", name: "x"), to: "a.yaml")
        let changes = folder.reload()
        #expect(changes.problems.map(\.file) == [place.file("a.yaml")])
        #expect(changes.problems.map(\.key) == ["name"])
        #expect(folder.workflow(named: "x")?.title == "First")
        #expect(unsafe unlink(place.file("b.yaml")) == 0)
        #expect(folder.reload() == WorkflowChanges(changed: ["x"], solved: changes.problems))
        #expect(folder.workflow(named: "x")?.title == "Second")
    }

    /// By their paths the other file would come first.
    @Test func aNameStaysWithItsFileOverARestart() throws {
        try place.write(workflow("First", name: "dup"), to: "zz.yaml")
        folder.reload()
        try place.write(workflow("Second", name: "dup"), to: "aa.yaml")
        #expect(folder.reload().problems.map(\.file) == [place.file("aa.yaml")])
        let later = WorkflowFolder(place.path)
        later.restore(folder.snapshot.files)
        #expect(later.workflow(named: "dup")?.title == "First")
        #expect(later.reload().problems.map(\.file) == [place.file("aa.yaml")])
        #expect(later.workflow(named: "dup")?.title == "First")
        // Also where it has a mistake now; where it is gone, the other has the name.
        try place.write("name: dup\nphases: {", to: "zz.yaml")
        let mistaken = WorkflowFolder(place.path)
        mistaken.restore(later.snapshot.files)
        mistaken.reload()
        #expect(mistaken.workflow(named: "dup")?.title == "First")
        #expect(unsafe unlink(place.file("zz.yaml")) == 0)
        let last = WorkflowFolder(place.path)
        last.restore(mistaken.snapshot.files)
        last.reload()
        #expect(last.workflow(named: "dup")?.title == "Second")
    }

    @Test func aFolderThatIsAwayForAMomentEndsNothing() throws {
        try place.write(workflow("A"), to: "a.yaml")
        folder.reload()
        let elsewhere = place.path + "-away"
        #expect(unsafe rename(place.path, elsewhere) == 0)
        #expect(folder.reload().problems.count == 1)
        #expect(folder.all.map(\.title) == ["A"])
        #expect(unsafe rename(elsewhere, place.path) == 0)
        #expect(folder.reload().solved.count == 1)
        #expect(folder.problems == [])
    }

    @Test func whatAnEarlierLifeReadStandsInForFilesWithMistakesOnly() throws {
        for name in ["a", "b", "c"] { try place.write(workflow(name), to: "\(name).yaml") }
        folder.reload()
        let kept = folder.snapshot.files
        try place.write("phases: {", to: "a.yaml")
        #expect(unsafe unlink(place.file("b.yaml")) == 0)
        let later = WorkflowFolder(place.path)
        later.restore(kept)
        #expect(later.reload().removed == ["b"])
        #expect(later.snapshot.entries.map(\.workflow.name) == ["a", "c"])
        #expect(later.snapshot.entries.map(\.isCurrent) == [false, true])
        #expect(later.snapshot.files == kept.filter { !$0.key.hasSuffix("/b.yaml") })
    }

    @Test func aFolderThatIsAwayAtTheStartHasWhatItHad() throws {
        try place.write(workflow("A"), to: "a.yaml")
        folder.reload()
        let kept = folder.snapshot.files
        let elsewhere = place.path + "-away"
        #expect(unsafe rename(place.path, elsewhere) == 0)
        let (later, other) = (WorkflowFolder(place.path), WorkflowFolder(elsewhere))
        later.restore(kept)
        later.reload()
        #expect(later.all.map(\.title) == ["A"] && later.problems.count == 1)
        #expect(later.snapshot.files == kept)
        // They are not of that folder.
        other.restore(kept)
        #expect(other.all == [])
        #expect(unsafe rename(elsewhere, place.path) == 0)
    }

    @Test func aPipeIsNotWaitedFor() throws {
        #expect(unsafe mkfifo(place.file("a.yaml"), 0o600) == 0)
        #expect(folder.reload().problems.first?.sentence.contains("not a regular file") == true)
    }
}
