import Store
import Testing

@Suite struct StoreErrorTests {
    @Test func reasonsAreToldApart() { #expect(StoreError.busy != StoreError.diskFull) }
}
