/// Rows of words in aligned columns under a head, as people read lists on a terminal.
struct Table {
    private let head: [String]
    private var rows: [[String]] = []

    init(_ head: String...) { self.head = head }

    init(head: [String]) { self.head = head }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { Self.line($0, widths) }.joined()
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        var owed = 0
        for (word, width) in zip(row, widths) {
            line += String(repeating: " ", count: owed) + word
            owed = width - word.count + 2
        }
        return line + "\n"
    }
}
