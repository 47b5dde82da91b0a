package import Loop

/// What the list of sessions shows of one of them.
package struct SessionInfo: Sendable {
    package let id: SessionID
    package let kind: SessionKind
    package let owner: SessionOwner?
    package let peer: String
    package let phase: SessionLife.Phase
    /// Why it is closing.
    package let reason: EndingReason?
    /// On the loop's clock; `id.milliseconds` is the time of day.
    package let since: Instant
    package let age: Duration
    /// When it will end by itself if nothing happens.
    package let deadline: Instant?
    package let holding: Holdings
}
