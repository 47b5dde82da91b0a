/// What a path means for the person who started the program.
extension SettingSection {
    /// Where data goes when nothing is said.
    var standardData: String { (absolute("XDG_DATA_HOME") ?? "~/.local/share") + "/holdfast" }

    /// `path`, which is said of `key`, with a leading `~` replaced, as a shell would have done on a command line. Where
    /// there is no home that is a mistake: a folder of that name is never meant.
    func atHome(_ path: String, _ key: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        let home = absolute("HOME")
        require(
            home != nil, key,
            "is `\(path)`, and this user has no home folder: write a whole path, or set `HOME`")
        return (home ?? "~") + path.dropFirst()
    }

    private func absolute(_ variable: String) -> String? {
        environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
}
