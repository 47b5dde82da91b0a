package import JSONCoding
package import Feeds
package import Sessions

/// What a segment of a path can be read as.
package protocol PathValue: Expected {
    init?(pathSegment: String)
}

extension String: PathValue {
    package static var expectation: String { "some text" }
    package init?(pathSegment: String) {
        guard !pathSegment.isEmpty else { return nil }
        self = pathSegment
    }
}

extension Int: PathValue {
    package static var expectation: String { "a whole number" }
    package init?(pathSegment: String) { self.init(pathSegment) }
}

extension SessionID: PathValue {
    package static var expectation: String { "the 13 letters and digits of a session's id" }
    package init?(pathSegment: String) { self.init(pathSegment) }
}

extension FeedName: PathValue {
    package static var expectation: String {
        "a feed's name: up to 100 letters, digits, '-', '_' and '.', a letter or digit first"
    }
    package init?(pathSegment: String) { self.init(pathSegment) }
}
