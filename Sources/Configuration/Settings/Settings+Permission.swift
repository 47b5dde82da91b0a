extension Settings {
    /// Who may do what with the feeds of some names, and whether what they say is kept.
    package struct Permission: Sendable, Equatable {
        package var feeds: String
        package var publish: Audience
        package var read: Audience
        package var keep: Bool

        init(_ item: SettingItem) {
            feeds = item.required(
                "feeds", .feedPattern, "Those that people publish to, and those of `feeds.watch`.")
            publish = item.value(
                "publish", .audience([.operators, .admin]), default: .role(.operators),
                "Who may publish to them, and delete them.")
            read = item.value(
                "read", .audience([.viewer, .operators, .admin]), default: .role(.viewer),
                "Who may read them, and finds them in lists.")
            keep = item.value(
                "keep", .boolean, default: false, "Whether what they say outlives a restart of the server.")
        }
    }
}
