package import Configuration
import Feeds
import Sessions
import Synchronization
import Wire

/// Who may publish to which feeds, and who may read them: as `feeds.permissions` says of their names, and where it says
/// nothing, operators publish and viewers read. Admins may everything.
///
/// The feeds of the server's own are not for it to say: all may read them but `audit`, which is the admins'. What is
/// changed while the server runs holds for what is asked from then on; who reads already goes on.
package final class FeedPermissions: Sendable {
    private let rules: Mutex<[Settings.Permission]>

    package init(_ rules: [Settings.Permission] = []) { self.rules = Mutex(rules) }

    package func apply(_ rules: [Settings.Permission]) { self.rules.withLock { $0 = rules } }

    func checkMayRead(_ name: FeedName, _ caller: Caller) throws(HTTPError) {
        guard !mayRead(name, caller) else { return }
        throw audience(reading: name).refusal("Reading the feed \(name)")
    }

    func checkMayPublish(_ name: FeedName, _ caller: Caller) throws(HTTPError) {
        let audience = audience(publishing: name)
        guard !audience.admits(caller) else { return }
        throw audience.refusal("Publishing to the feed \(name)")
    }

    func mayRead(_ name: FeedName, _ caller: Caller) -> Bool {
        audience(reading: name).admits(caller)
    }

    /// Whether what it says is kept where its first publisher does not say.
    func keeps(_ name: FeedName) -> Bool { rule(for: name)?.keep ?? false }

    /// The least role whose accounts may read a feed of the server's own.
    func leastReader(of builtIn: FeedName) -> Role { builtIn.text == "audit" ? .admin : .viewer }

    // MARK: The rules

    private func audience(reading name: FeedName) -> Audience {
        if name.isReserved { return .role(leastReader(of: name) == .admin ? .admin : .viewer) }
        return rule(for: name)?.read ?? .role(.viewer)
    }

    private func audience(publishing name: FeedName) -> Audience {
        rule(for: name)?.publish ?? .role(.operators)
    }

    private func rule(for name: FeedName) -> Settings.Permission? {
        guard !name.isReserved else { return nil }
        return rules.withLock { rules in
            rules.first { Self.matches($0.feeds.utf8[...], name.text.utf8[...]) }
        }
    }

    /// Whether all of `name` matches, where `*` stands for any characters. Both are short: the last star alone is
    /// ever taken back, so it takes no longer than their lengths multiplied.
    static func matches(_ pattern: Substring.UTF8View, _ name: Substring.UTF8View) -> Bool {
        var (pattern, name) = (pattern, name)
        var star: (pattern: Substring.UTF8View, name: Substring.UTF8View)?
        while let byte = name.first {
            if pattern.first == UInt8(ascii: "*") {
                star = (pattern.dropFirst(), name)
                pattern.removeFirst()
            } else if pattern.first == byte {
                pattern.removeFirst()
                name.removeFirst()
            } else if let last = star {
                star = (last.pattern, last.name.dropFirst())
                (pattern, name) = (last.pattern, last.name.dropFirst())
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
