/// What `--help` prints: aligned, and no wider than a terminal usually is.
struct HelpText {
    private static let width = 96
    private static let indent = 28

    let text: String

    init(_ line: String, _ command: any Command.Type, _ shape: ArgumentShape) {
        let taken = shape.positionals.map(\.usage) + (shape.names.isEmpty ? [] : ["[options]"])
        var text = "Usage: \(([line] + taken).joined(separator: " "))\n\n\(command.summary).\n"
        if !command.details.isEmpty { text += "\n\(Self.wrapped(command.details))" }
        text += Self.table("Arguments", shape.positionals.map { ($0.label, $0.help) })
        let options = shape.options.map { option in
            ("--\(option.name)" + (option.value.map { " \(Self.label($0))" } ?? ""), option.help)
        }
        text += Self.table("Options", options + [("--help", "Prints this.")])
        let settings = shape.listed.lazy.filter { !$0.isInFileOnly }.map { entry in
            let value = entry.isSwitch ? "[=true|false]" : " \(Self.label(entry.word))"
            return (
                "--\(entry.name)\(value)",
                "\(entry.help) Default: \(entry.standard.isEmpty ? "empty" : entry.standard)."
            )
        }
        text += Self.table("Settings, which the file and the environment can say too", Array(settings))
        self.text = text
    }

    static func overview(_ line: String, _ summary: String, _ commands: [(String, String)]) -> String {
        "Usage: \(line) COMMAND [options]\n\n\(summary).\n" + table("Commands", commands)
            + "\n`\(line) COMMAND --help` says more.\n"
    }

    /// `duration` is shown as `DURATION`, a choice of words as those words.
    private static func label(_ word: String) -> String { word.contains("|") ? word : word.uppercased() }

    private static func table(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        return "\n\(title):\n" + rows.map { row($0.0, $0.1) }.joined()
    }

    /// Paragraphs, cut to the width; a line that is indented stays as it is.
    private static func wrapped(_ paragraphs: String) -> String {
        var text = ""
        for paragraph in paragraphs.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = paragraph.hasPrefix(" ") ? String(paragraph) : ""
            for word in paragraph.split(separator: " ") where !paragraph.hasPrefix(" ") {
                if line.count + word.count >= width, !line.isEmpty {
                    text += line + "\n"
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            text += line + "\n"
        }
        return text
    }

    private static func row(_ left: String, _ right: String) -> String {
        let margin = String(repeating: " ", count: indent)
        var text = ""
        var line = "  " + left
        if line.count + 2 > indent {
            text = line + "\n"
            line = margin
        } else {
            line += String(repeating: " ", count: indent - line.count)
        }
        for word in right.split(separator: " ") {
            if line.count + word.count > width, line.count > indent {
                text += line + "\n"
                line = margin
            }
            line += (line.count > indent ? " " : "") + word
        }
        return text + line + "\n"
    }
}
