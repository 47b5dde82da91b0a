/// Everything that a person can choose about a server, settled and checked.
///
/// Each part asks for its fields in its initializer; that is their only definition (`SettingSection`).
package struct Settings: Sendable, Equatable {
    package var data: String
    package var listen: [ListenAddress]
    package var unixSocketMode: FileMode
    package var loops: Int
    package var staticFolder: String?
    package var allowedOrigins: [String]
    package var trustedProxies: [NetworkRange]
    package var tls: TLS
    package var deadlines: Deadlines
    package var limits: Limits
    package var feeds: Feeds
    package var tasks: Tasks
    package var terminals: Terminals
    package var webhooks: [Webhook]
    package var schedules: [Schedule]
    package var notifications: [Notification]
    package var compression: Compression
    package var accounts: Accounts
    package var audit: Audit
    package var log: Log
    package var metrics: Metrics
    package var systemStatus: SystemStatus
    package var insecure: Insecure

    /// Where the workflows' definitions are.
    package var workflowFolder: String { tasks.workflows ?? data + "/workflows" }

    package init(_ section: SettingSection) {
        data = section.atHome(
            section.value(
                "data", .path, default: section.standardData,
                "The data folder, the only place that the server writes to; made when it does not exist. "
                    + "By default `$XDG_DATA_HOME/holdfast` where that is set."), "data")
        listen = section.value(
            "listen", .list(of: .listenAddress), default: [.standard],
            "Where the server listens. Port 0 lets the system pick one. "
                + "In the file an IPv6 address needs quotes: `\"[::1]:8002\"`.")
        section.require(!listen.isEmpty, "listen", "names no address: give at least one")
        for (index, address) in listen.enumerated() where listen[..<index].contains(address) {
            section.require(address.isPicked, "listen", "names \(address) twice")
        }
        unixSocketMode = section.value(
            "unix_socket_mode", .fileMode, default: .forOwnerAndGroup,
            "Who may connect to a Unix socket that the server listens on, as the mode of its file.")
        loops = section.value(
            "loops", .integer(0...256), default: 0, "Event loops, each a thread; 0 is one for each core.")
        staticFolder = section.value(
            "static_folder", .optional(.path), default: nil,
            "A folder whose files are served at `/`. The data folder may not be in it, nor it in the data folder."
        ).map { section.atHome($0, "static_folder") }
        allowedOrigins = section.value(
            "allowed_origins", .list(of: .origin), default: [], reload: true,
            "Other origins whose pages may use the API and open WebSockets; the server's own always may.")
        trustedProxies = section.value(
            "trusted_proxies", .list(of: .network), default: [], reload: true,
            "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.")
        webhooks = section.list(
            "webhooks", named: \.name, reload: true, "Who may begin tasks by sending JSON to the server."
        ) { Webhook($0) }
        schedules = section.list(
            "schedules", named: { $0.name ?? "" }, reload: true, "Workflows that are begun again and again."
        ) { Schedule($0) }
        notifications = section.list(
            "notifications", named: \.name, reload: true, "Who is told when tasks are over."
        ) { Notification($0) }
        tls = TLS(section.section("tls", "HTTPS and WSS on every TCP address."))
        deadlines = Deadlines(
            section.section("deadlines", "How long anything is waited for; no wait is without a deadline."))
        limits = Limits(section.section("limits", "How much one peer, and all of them, may take."))
        feeds = Feeds(section.section("feeds", "Feeds, and what a `recent` one keeps for those who resume."))
        tasks = Tasks(
            section.section("tasks", "How tasks are run, and how long what they leave is kept."))
        terminals = Terminals(
            section.section(
                "terminals", "Terminals: what is kept of them, when they end, and who may run what."))
        compression = Compression(
            section.section("compression", "gzip for responses, permessage-deflate for WebSockets."))
        accounts = Accounts(section.section("accounts", "Signing in, tokens and sessions of people."))
        audit = Audit(
            section.section("audit", "What is removed from the audit trail, at the start and once a day."))
        log = Log(section.section("log", "What the server says about itself, on standard error."))
        metrics = Metrics(section.section("metrics", "Figures for Prometheus."))
        systemStatus = SystemStatus(
            section.section("system_status", "When the feed `system-status` calls the machine unwell."))
        insecure = Insecure(
            section.section("insecure", "What is refused unless it is asked for in so many words."))
        let exposed = listen.contains { !$0.isLocal } && tls.certificate == nil
        section.require(
            !exposed || insecure.allowRemoteWithoutTLS, "listen",
            "other machines could reach the server without TLS: set `tls.certificate` and `tls.key`, or "
                + "`insecure.allow_remote_without_tls` if something in front of it does TLS")
    }
}

extension ListenAddress {
    /// `127.0.0.1:8002`: this machine only.
    package static let standard = ListenAddress.tcp(.loopback, port: 8002)
}
