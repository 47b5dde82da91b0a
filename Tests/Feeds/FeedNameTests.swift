import Feeds
import Testing

@Suite struct FeedNameTests {
    @Test(arguments: ["a", "system-status", "build.42_x", "9lives"])
    func goodNamesAreTaken(text: String) { #expect(FeedName(text)?.text == text) }

    @Test(arguments: ["", "-a", ".a", "a/b", "a b", "ä", String(repeating: "x", count: 101)])
    func badNamesAreRefused(text: String) { #expect(FeedName(text) == nil) }
}
