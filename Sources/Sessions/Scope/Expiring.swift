package import Loop

/// What ends its session at some time, unless something happens.
package protocol Expiring: Holder {
    /// When it does; `.distantFuture` where it does not for now.
    var next: Instant { get }
}
