import Feeds
import Wire

/// As what somebody wants a feed: what it keeps, and what its messages are called.
struct FeedWish {
    let window: FeedWindow?
    let type: String?

    /// As a query says it.
    init(_ call: Call) throws(HTTPError) {
        window = try call.queried("window").map(Self.window)
        type = call.queried("type")
    }

    /// As an operation of the multiplexed socket says it.
    init(_ members: JSONObject) throws(HTTPError) {
        window = try Self.text("window", of: members).map(Self.window)
        type = try Self.text("type", of: members)
    }

    func check(_ feed: Feed) throws(HTTPError) {
        do throws(FeedError) { try feed.check(window: window, type: type) } catch { throw HTTPError(error) }
    }

    private static func window(_ text: String) throws(HTTPError) -> FeedWindow {
        guard let window = FeedWindow(rawValue: text) else {
            throw HTTPError(.badRequest, "`window` is \"latest\" or \"recent\", and not \"\(text)\".")
        }
        return window
    }

    private static func text(_ name: String, of members: JSONObject) throws(HTTPError) -> String? {
        guard let value = members[name], !value.elementsEqual("null".utf8) else { return nil }
        guard let text = members.text(name) else { throw HTTPError(.badRequest, "`\(name)` must be text.") }
        return text
    }
}
