/// What a path means for the person who started the program.
struct DataFolder {
    private let home: String?
    /// Where data goes when nothing is said.
    let standard: String

    init(_ environment: [String: String]) {
        home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let shared = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        standard = (shared ?? "~/.local/share") + "/holdfast"
    }

    /// `path` with a leading `~` replaced, as a shell would have done on a command line.
    func expanded(_ path: String) -> String {
        guard let home, path == "~" || path.hasPrefix("~/") else { return path }
        return home + path.dropFirst()
    }
}
