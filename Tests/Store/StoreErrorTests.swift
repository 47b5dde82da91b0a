import Store
import Testing

@Suite struct StoreErrorTests {
    static let all: [StoreError] = [
        .diskFull, .busy, .interrupted, .closed, .readOnly, .corrupt("bad page"), .constraint("UNIQUE"),
        .noFolder(path: "/a", code: 13), .folderInUse(pid: 42), .folderInUse(pid: nil),
        .exists(path: "/backup"),
        .migration(number: 7, reason: "was changed"), .system(call: "open", code: 2),
        .failed(code: 1, message: "no such table"),
    ]

    @Test func everyErrorIsASentenceOfItsOwn() {
        let sentences = Self.all.map(\.description)
        #expect(Set(sentences).count == sentences.count)
        #expect(sentences.allSatisfy { $0.contains(" ") && $0.first?.isUppercase == true })
    }

    @Test func theHolderOfTheFolderIsNamed() {
        #expect(StoreError.folderInUse(pid: 42).description.contains("Process 42"))
    }
}
