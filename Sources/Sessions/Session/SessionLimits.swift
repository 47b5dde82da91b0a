import Loop

/// How long a session may live and how long it may be idle, and how early it is told.
package struct SessionLimits: Sendable {
    /// The most that may pass without anything happening; nil for any time.
    package var idle: Duration?
    /// The most that it may live; nil for any time.
    package var life: Duration?
    /// How long before the end the body is told of it.
    package var notice: Duration
    /// Whether `extend` gives it its whole life again.
    package var lifeMayBeExtended: Bool

    package init(
        idle: Duration? = nil, life: Duration? = nil, notice: Duration = .seconds(30),
        lifeMayBeExtended: Bool = false
    ) {
        self.idle = idle
        self.life = life
        self.notice = notice
        self.lifeMayBeExtended = lifeMayBeExtended
    }
}
