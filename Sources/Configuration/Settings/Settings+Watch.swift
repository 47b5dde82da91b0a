extension Settings {
    /// A feed that the server makes by looking at something again and again.
    package struct Watch: Sendable, Equatable {
        package enum Source: Sendable, Equatable {
            case file(String)
            case command(CommandWords)
            case http(String)
            /// A query on an SQLite file.
            case sql(String, database: String)
        }

        package var name: String
        package var source: Source
        package var every: Duration
        package var type: String?
        package var maxBytes: Int
        package var timeout: Duration

        init(_ item: SettingItem) {
            name = item.required("name", .feedName, "Under which it is read.")
            let file = item.value("file", .path, "Its content is the value.")
            let command = item.value("command", .command, "What it prints is the value.")
            let http = item.value("http", .webAddress, "What a GET is answered with is the value.")
            let sql = item.value("sql", .query, "Its rows, as a list of objects, are the value.")
            let database = item.value("database", .path, "The SQLite file that `sql` asks; it is only read.")
            every =
                item.value(
                    "every", .duration(.milliseconds(100) ... .days(1)),
                    "How often it is looked at; by default every 2 s for a file, every 10 s else.")
                ?? (file == nil ? .seconds(10) : .seconds(2))
            timeout = item.value(
                "timeout", .duration(.milliseconds(100) ... .hours(1)), default: .seconds(10),
                "How long one look may take.")
            type = item.value(
                "type", .feedType, "What `type` says in its messages; by default the name and `_update`.")
            maxBytes = item.value(
                "max_bytes", .size(ByteSize(1) ... .mebibytes(8)), default: 1 << 20,
                "More than this is no value.")
            source =
                file.map { .file($0) } ?? command.map { .command($0) } ?? http.map { .http($0) }
                ?? .sql(sql ?? "", database: database ?? "")
            let given = ["file", "command", "http", "sql"].filter(item.has)
            item.require(
                given.count == 1, given.last ?? "file",
                given.isEmpty
                    ? "is missing: give one of `file`, `command`, `http` and `sql`"
                    : "does not go with `\(given[0])`: a feed has one source")
            let (asks, hasDatabase) = (item.has("sql"), item.has("database"))
            item.require(!asks || hasDatabase, "database", "is missing: `sql` needs the file that it asks")
            item.require(asks || !hasDatabase, "database", "goes with `sql` only")
        }
    }
}

extension ValueKind where Value == String {
    /// Text of one or more lines for a program to read.
    fileprivate static let query = ValueKind(
        "query", "an SQL query", sample: "",
        parse: { text throws(Complaint) in
            guard text.contains(where: { !$0.isWhitespace }) else { throw Complaint("asks nothing") }
            guard !text.utf8.contains(0) else { throw Complaint("has a NUL in it") }
            return text
        },
        print: { $0 })
}
