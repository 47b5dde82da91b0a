/// The documentation of all settings, in Markdown, made from their declarations:
/// `holdfast config reference`, and the source of `docs/configuration.md`.
package struct SettingReference {
    private let entries: [SettingEntry]
    private let groups: [SettingGroup]

    package init<Settings>(_ reading: SettingReading<Settings>) {
        entries = reading.entries
        groups = reading.groups
    }

    package var markdown: String {
        var text = Self.introduction + variables
        text += entries.filter { Self.group($0) == "" }.map(Self.row).joined()
        for group in groups {
            let members = entries.filter { Self.group($0) == group.name }
            text += "\n## `\(group.name)`\n\n\(group.help)\n\n" + members.map(Self.row).joined()
        }
        return text
    }

    private static let introduction = """
        # Configuration

        This page is printed by `holdfast config reference`; it is made from the types that hold the settings.

        A setting is looked for, and the last place that says it wins:

        1. its default
        2. the configuration file: `--config FILE`, else `$HOLDFAST_CONFIG`, else the first that exists of \
        `./holdfast.yaml`, `$XDG_CONFIG_HOME/holdfast/holdfast.yaml` (by default under `~/.config`) and \
        `/etc/holdfast/holdfast.yaml`
        3. the environment: `deadlines.request_head` is `HOLDFAST_DEADLINES_REQUEST_HEAD`
        4. the flags: `--deadlines.request_head 5s`

        In the file the part before the dot is a mapping:

        ```yaml
        listen: 127.0.0.1:8002
        deadlines:
          request_head: 10s
        ```

        Durations are written `250ms`, `10s`, `5m`, `1h30m` or `7d`, sizes `512B`, `64KiB`, `1MiB` or `2GiB`. \
        A `~` at the beginning of a path is `$HOME`, or the home folder of the user where that is not set. \
        A list is a YAML list, or separated by commas in a variable or flag; a flag may also be repeated. \
        Unknown keys, variables that begin with `HOLDFAST_` and flags are errors, and `holdfast config check` \
        prints all mistakes at once. `holdfast config show` prints every value and where it was said. \
        Settings marked *reloads* are taken up on SIGHUP; the others need a restart.


        """

    private var variables: String {
        let others = SettingSources.otherVariables.sorted { $0.key < $1.key }
        return "These variables are no settings: "
            + others.map { "`\($0.key)` (\($0.value))" }.joined(separator: ", ") + ".\n\n## General\n\n"
    }

    private static func group(_ entry: SettingEntry) -> Substring {
        entry.name.lastIndex(of: ".").map { entry.name[..<$0] } ?? ""
    }

    private static func row(_ entry: SettingEntry) -> String {
        let standard = entry.standard.isEmpty ? "empty" : "`\(entry.standard)`"
        let marks = (entry.isReloadable ? " *Reloads.*" : "") + (entry.isSecret ? " *Secret.*" : "")
        return "- **`\(entry.name)`**: \(entry.phrase); default \(standard). \(entry.help)\(marks)\n"
            + entry.items.map { "  - `\($0.name)`: \($0.text)\n" }.joined()
    }
}
