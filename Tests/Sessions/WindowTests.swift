import Sessions
import Testing

@Suite struct WindowTests {
    @Test func windowsOfDifferentSizesDiffer() {
        #expect(Window.recent(entries: 1, bytes: 10) != .recent(entries: 1, bytes: 20))
    }
}
