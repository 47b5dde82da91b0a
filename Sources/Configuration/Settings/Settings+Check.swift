extension Settings {
    /// A part of the system that is looked at for the feed `system-status`.
    package struct Check: Sendable, Equatable {
        package enum Probe: Sendable, Equatable {
            case http(String)
            case tcp(String)
            case command(CommandWords)
        }

        package var name: String
        package var probe: Probe
        package var timeout: Duration
        package var every: Duration
        package var degradedAfter: Duration?

        /// The parts that the server shows by itself.
        package static let reserved: Set<String> = [
            "server", "loops", "memory", "disk", "load", "database", "queue", "watchers", "webhooks",
        ]

        init(_ item: SettingItem) {
            name = item.required("name", .part, "Under which it is shown.")
            let http = item.value("http", .webAddress, "It is healthy when a GET is answered with 2xx.")
            let tcp = item.value("tcp", .hostAndPort, "It is healthy when it takes a connection.")
            let command = item.value("command", .command, "It is healthy when it exits with 0.")
            timeout = item.value(
                "timeout", .duration(.milliseconds(10) ... .minutes(10)), default: .seconds(5),
                "It is down when it takes longer.")
            every = item.value(
                "every", .duration(.milliseconds(100) ... .days(1)), default: .seconds(10),
                "How often it is looked at.")
            degradedAfter = item.value(
                "degraded_after", .duration(.milliseconds(1) ... .minutes(10)),
                "It is degraded when it takes longer.")
            probe =
                http.map { .http($0) } ?? command.map { .command($0) } ?? .tcp(tcp ?? "")
            let given = ["http", "tcp", "command"].filter(item.has)
            item.require(
                given.count == 1, given.last ?? "http",
                given.isEmpty
                    ? "is missing: give one of `http`, `tcp` and `command`"
                    : "does not go with `\(given[0])`: a check looks at one thing")
            item.require(
                degradedAfter.map { $0 <= timeout } ?? true, "degraded_after",
                "is more than `timeout`, so that it would never count")
        }
    }
}

extension ValueKind where Value == String {
    fileprivate static let part = ValueKind(
        "name", "a name of up to 60 letters, digits, `-`, `_` and `.`", sample: "",
        parse: { text throws(Complaint) in
            guard (1...60).contains(text.utf8.count),
                text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
            else { throw Complaint("cannot be a name: take up to 60 letters, digits, `-`, `_` and `.`") }
            guard !Settings.Check.reserved.contains(text) else {
                throw Complaint("is a part that the server shows by itself: take another name")
            }
            return text
        },
        print: { $0 })

    /// `db.example.com:5432`; an IPv6 address in brackets.
    fileprivate static let hostAndPort = ValueKind(
        "host:port", "a host and a port such as `db.example.com:5432`", sample: "",
        parse: { text throws(Complaint) in
            let colon = text.lastIndex(of: ":")
            let host = colon.map { text[..<$0] } ?? ""
            let port = colon.flatMap { UInt16(text[text.index(after: $0)...]) } ?? 0
            let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
            guard port > 0, !host.isEmpty, isBracketed || !host.contains(":"),
                host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/@?#".utf8.contains($0) })
            else { throw Complaint("names no host and port: write `db.example.com:5432` or `[::1]:5432`") }
            return text
        },
        print: { $0 })
}
