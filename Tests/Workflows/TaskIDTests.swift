import Testing
import Workflows

@Suite struct TaskIDTests {
    @Test func anIDIsReadBackAndNothingElseIs() {
        let id = TaskID.make()
        #expect(TaskID(id.text) == id)
        for text in ["", "short", id.text + "b", "../../etc/p", "abcdefghij", id.text.uppercased()] {
            #expect(TaskID(text) == nil, "\(text)")
        }
    }

    @Test func noTwoAreTheSame() {
        #expect(Set((0..<10_000).map { _ in TaskID.make() }).count == 10_000)
    }
}
