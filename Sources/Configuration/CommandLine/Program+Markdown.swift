extension Program {
    /// The whole command line as a page of documentation, made from what the commands say of themselves:
    /// `help --markdown`, and the source of `docs/cli.md`.
    package var markdown: String {
        var text = """
            # Command line

            This page is printed by `\(name) help --markdown`; it is made from the commands themselves.

            ```text
            \(overview)```

            """
        for page in pages(of: commands, [name]) {
            text += "\n## `\(page.line)`\n\n```text\n\(page.help)```\n"
        }
        return text
    }

    /// A command that takes more leaves them to the page of the settings.
    private static let mostSettings = 10

    private func pages(of commands: [CommandTree], _ path: [String]) -> [(line: String, help: String)] {
        commands.flatMap { command -> [(line: String, help: String)] in
            let path = path + [command.name]
            switch command {
            case .command(let type): return [page(of: type, path)]
            case .group(_, _, let standard, let inner):
                return (standard.map { [page(of: $0, path)] } ?? []) + pages(of: inner, path)
            }
        }
    }

    private func page(of type: any Command.Type, _ path: [String]) -> (line: String, help: String) {
        let described = ArgumentReader()
        _ = type.init(described)
        let line = path.joined(separator: " ")
        var shape = described.shape
        guard shape.listed.count > Self.mostSettings else { return (line, HelpText(line, type, shape).text) }
        shape.listed = []
        return (
            line, HelpText(line, type, shape).text + "\nEvery setting is a flag too: see configuration.md.\n"
        )
    }
}
