/// What the command line asks for.
struct Options {
    static let usage = """
        usage: holdfast-load echo URL    [--conns N] [--pipeline N] [--size N] [--seconds N]
               holdfast-load fanout URL  [--conns N] [--msgs N] [--warm N] [--window N] [--size N] [--settle S]
                                         (--pub-url URL | --pub-ws URL) [--pub-prefix T] [--pub-suffix T]
               holdfast-load idle URL    [--conns N] [--hold S]
        all:   [--pid P[,P]] [--header 'Name: value'] [--pub-first TEXT]
               [--coalesce-us N]: sleep so long before waiting, so that events gather

        Prints one line of JSON. Exit status 0: fine; 1: the server misbehaved; 2: could not run.
        """

    enum Mode: String { case echo, fanout, idle }

    let mode: Mode
    let url: LoadURL
    var connections = 100
    var pipeline = 1
    var size = 128
    var seconds = 5.0
    var messages = 1000
    var warm = 10
    var window = 1
    var coalesce = 0
    var settle = 0.0
    var hold = 10.0
    var pids: [Int] = []
    var headers: [String] = []
    var publish: LoadURL?
    var publishPrefix = ""
    var publishSuffix = ""
    var publishFirst: String?

    /// Nil when the words are not of the form that `usage` says.
    init?(_ words: [String]) {
        guard words.count >= 2, let mode = Mode(rawValue: words[0]), let url = LoadURL(words[1]) else {
            return nil
        }
        self.mode = mode
        self.url = url
        var rest = words.dropFirst(2)
        while let name = rest.popFirst() {
            guard let value = rest.popFirst(), set(name, value) else { return nil }
        }
        if mode == .fanout, publish == nil { return nil }
    }

    private mutating func set(_ name: String, _ value: String) -> Bool {
        func whole(_ key: WritableKeyPath<Options, Int>) -> Bool {
            guard let number = Int(value), number >= 0 else { return false }
            self[keyPath: key] = number
            return true
        }
        func real(_ key: WritableKeyPath<Options, Double>) -> Bool {
            guard let number = Double(value), number >= 0 else { return false }
            self[keyPath: key] = number
            return true
        }
        switch name {
        case "--conns": return whole(\.connections)
        case "--pipeline": return whole(\.pipeline)
        case "--size": return whole(\.size)
        case "--msgs": return whole(\.messages)
        case "--warm": return whole(\.warm)
        case "--window": return whole(\.window)
        case "--coalesce-us": return whole(\.coalesce)
        case "--seconds": return real(\.seconds)
        case "--settle": return real(\.settle)
        case "--hold": return real(\.hold)
        case "--header": headers.append(value)
        case "--pub-prefix": publishPrefix = value
        case "--pub-suffix": publishSuffix = value
        case "--pub-first": publishFirst = value
        // The window bounds what is under way; more in flight than it can never be.
        case "--pub-window": break
        case "--pub-url", "--pub-ws":
            publish = LoadURL(value)
            return publish != nil
        case "--pid":
            pids = value.split(separator: ",").compactMap { Int($0) }
            return !pids.isEmpty
        default: return false
        }
        return true
    }
}

/// `ws://127.0.0.1:9001/path` or `http://…`: a numeric host on this machine, as the load goes nowhere else.
struct LoadURL {
    let isWebSocket: Bool
    let host: String
    let port: UInt16
    let path: String

    init?(_ text: String) {
        let schemes = ["ws://": true, "http://": false]
        guard let (scheme, isWebSocket) = schemes.first(where: { text.hasPrefix($0.key) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let parts = rest[..<end].split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]), parts[0].hasPrefix("127.") else { return nil }
        self.isWebSocket = isWebSocket
        self.port = port
        host = String(parts[0])
        path = end == rest.endIndex ? "/" : String(rest[end...])
    }
}
