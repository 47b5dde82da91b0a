import Testing
import Wire

@Suite struct ASCIITests {
    @Test func colonIsTheColon() { #expect(ASCII.colon == UInt8(ascii: ":")) }
}
