import Configuration
import Feeds
import Wire

/// As what somebody wants a feed: what it keeps and for how long, and what its messages are called.
struct FeedWish {
    let window: FeedWindow?
    let type: String?
    /// Whether it outlives the server.
    let keep: Bool?
    /// It ends when nobody has published to it for so long.
    let lifetime: Duration?

    /// As a query says it.
    init(_ call: Call) throws(HTTPError) {
        window = try call.queried("window").map(Self.window)
        type = call.queried("type")
        keep = try call.queried("keep").map { text throws(HTTPError) in try Self.flag(text) }
        lifetime = try call.queried("ttl").map { text throws(HTTPError) in try Self.lifetime(text) }
    }

    /// As an operation of the multiplexed socket says it.
    init(_ members: JSONObject) throws(HTTPError) {
        window = try Self.text("window", of: members).map(Self.window)
        type = try Self.text("type", of: members)
        keep = try Self.flag("keep", of: members)
        lifetime = try Self.text("ttl", of: members).map { text throws(HTTPError) in try Self.lifetime(text) }
    }

    func check(_ feed: Feed) throws(HTTPError) {
        do throws(FeedError) {
            try feed.check(window: window, type: type, keep: keep, lifetime: lifetime)
        } catch { throw HTTPError(error) }
    }

    private static func window(_ text: String) throws(HTTPError) -> FeedWindow {
        guard let window = FeedWindow(rawValue: text) else {
            throw HTTPError(.badRequest, "`window` is \"latest\" or \"recent\", and not \"\(text)\".")
        }
        return window
    }

    private static func flag(_ text: some StringProtocol) throws(HTTPError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw HTTPError(.badRequest, "`keep` is true or false, and not \"\(text)\".")
        }
    }

    private static func flag(_ name: String, of members: JSONObject) throws(HTTPError) -> Bool? {
        guard let value = members[name], !value.elementsEqual("null".utf8) else { return nil }
        return try flag(String(decoding: value, as: UTF8.self))
    }

    private static let lifetimes = Duration.milliseconds(100) ... .days(365)

    private static func lifetime(_ text: String) throws(HTTPError) -> Duration {
        do throws(Complaint) {
            let lifetime = try Duration(text: text)
            guard lifetimes.contains(lifetime) else {
                throw Complaint("is out of range: from 100ms to 365d")
            }
            return lifetime
        } catch {
            throw HTTPError(.badRequest, "`ttl`: \"\(text)\" \(error.text).")
        }
    }

    private static func text(_ name: String, of members: JSONObject) throws(HTTPError) -> String? {
        guard let value = members[name], !value.elementsEqual("null".utf8) else { return nil }
        guard let text = members.text(name) else { throw HTTPError(.badRequest, "`\(name)` must be text.") }
        return text
    }
}
