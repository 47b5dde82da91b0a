package import Wire

/// Why something could not be done with a feed.
package enum FeedError: Error, Equatable, Sendable {
    case badName(String)
    /// The name belongs to the server.
    case reserved(FeedName)
    /// A watcher publishes to it, and nobody else.
    case watched(FeedName)
    case unknown(FeedName)
    case tooMany(limit: Int)
    /// The feed is there and keeps something else than was asked for.
    case otherWindow(FeedWindow)
    case otherType(String)
    case otherKeeping(Bool)
    case otherLifetime(Duration?)
    case badType(String)
    /// The connection itself speaks so.
    case reservedType(String)
    case badData(JSONError)
    case tooLarge(bytes: Int, limit: Int)
    /// It is not in the state that the publisher knows: the number of its newest entry, where it is there.
    case changed(UInt64?)
    /// It was deleted meanwhile.
    case ended

    /// A sentence that says what to mend.
    package var sentence: String {
        switch self {
        case .badName(let name):
            "\"\(name)\" cannot be a feed's name: take up to 100 letters, digits, '-', '_' and '.', "
                + "beginning with a letter or digit."
        case .reserved(let name): "The feed \(name) belongs to the server; publish under another name."
        case .watched(let name):
            "The feed \(name) is what the server sees of something that it watches (feeds.watch); publish under "
                + "another name."
        case .unknown(let name) where name.isReserved:
            "There is no feed \(name) on this server; GET /api/v1/feeds lists those that there are."
        case .unknown(let name):
            "There is no feed \(name) yet; publish to it first, or come again when somebody has."
        case .tooMany(let limit): "There are \(limit) feeds already; delete one, or raise feeds.count."
        case .otherWindow(let window):
            "The feed is there with window=\(window.rawValue); leave out window, or delete the feed first."
        case .otherType(let type):
            "The feed's messages are of type \(type); leave out type, or delete the feed first."
        case .otherKeeping(let isKept):
            "The feed is there and \(isKept ? "is" : "is not") kept; leave out keep, or delete the feed first."
        case .otherLifetime(let lifetime):
            "The feed is there and \(lifetime.map { "expires after \($0)" } ?? "does not expire"); leave out ttl, "
                + "or delete the feed first."
        case .badType(let type):
            "\"\(type)\" cannot be a type: take up to 200 printable ASCII characters without quotes and '\\'."
        case .reservedType(let type):
            "\"\(type)\" is a type of the server's own, as are \(FeedType.reserved.joined(separator: ", ")); "
                + "take another."
        case .badData(let error): error.description
        case .tooLarge(let bytes, let limit):
            "The message would take \(bytes) bytes and the feed keeps \(limit) in all; publish less at once."
        case .changed(let seq?): "The feed has come to seq \(seq); read it again, and decide anew."
        case .changed(nil): "The feed is not there; publish without If-Match to begin it."
        case .ended: "The feed was deleted meanwhile; publish again to begin it anew."
        }
    }
}
