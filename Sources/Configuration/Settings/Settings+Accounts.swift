extension Settings {
    /// How people and programs prove who they are, and for how long that holds.
    package struct Accounts: Sendable, Equatable {
        package var sessionLifetime: Duration
        /// `nil` makes tokens that do not expire.
        package var tokenLifetime: Duration?
        package var ticketLifetime: Duration
        package var loginLinkLifetime: Duration
        package var loginAttempts: Int
        package var loginAttemptsPerAddress: Int
        package var loginAttemptsPerName: Int
        package var loginWindow: Duration
        package var singleSession: Bool

        init(_ section: SettingSection) {
            sessionLifetime = section.value(
                "session_lifetime", .duration(.minutes(1) ... .days(365)), default: .days(7), reload: true,
                "How long a sign-in on a page holds.")
            tokenLifetime = section.value(
                "token_lifetime", .optional(.duration(.minutes(1) ... .days(3650)), none: "never"),
                default: .days(90), reload: true,
                "When a token expires that is made without saying when.")
            ticketLifetime = section.value(
                "ticket_lifetime", .duration(.seconds(1) ... .minutes(10)), default: .seconds(30),
                reload: true,
                "How long a ticket for one WebSocket may wait to be used.")
            loginLinkLifetime = section.value(
                "login_link_lifetime", .duration(.seconds(10) ... .days(1)), default: .minutes(15),
                reload: true,
                "How long a sign-in link may wait to be used.")
            loginAttempts = section.value(
                "login_attempts", .integer(1...10_000), default: 10, reload: true,
                "Failed sign-ins for one name from one address within `login_window`; then 429.")
            loginAttemptsPerAddress = section.value(
                "login_attempts_per_address", .integer(1...100_000), default: 50, reload: true,
                "The same for all names from one address; an IPv6 address counts as its /64.")
            loginAttemptsPerName = section.value(
                "login_attempts_per_name", .integer(1...100_000), default: 100, reload: true,
                "The same for one name from all addresses that have never signed in as it. This machine, and "
                    + "addresses that have, do not count and are always let in.")
            loginWindow = section.value(
                "login_window", .duration(.seconds(1) ... .days(1)), default: .minutes(5), reload: true,
                "The time in which so many failed sign-ins are forgotten, one after the other.")
            singleSession = section.value(
                "single_session", .boolean, default: false, reload: true,
                "Whether a new sign-in ends the same person's older ones, with 4001.")
        }
    }
}
