extension EndingRow {
    /// The table as the documentation prints it.
    package static var markdown: String {
        let head = """
            | name | close | exit | HTTP | retry | reason text | what happened |
            |---|---|---|---|---|---|---|

            """
        return table.reduce(into: head) { page, row in page += row.markdown + "\n" }
    }

    private var markdown: String {
        let close = closeCode.map { reason == .refused ? "\($0) + nn" : "\($0)" } ?? "none"
        let http = httpStatus.map { "\($0)" } ?? ""
        return "| `\(name)` | \(close) | \(exitStatus) | \(http) | \(mayRetry ? "yes" : "no") "
            + "| `\(text)` | \(sentence) |"
    }
}
