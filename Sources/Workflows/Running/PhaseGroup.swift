import Loop

/// The control group of one phase, where the system has one for us: its processes are found in it even when they have
/// shed every other trace. Removed when the phase has ended, and with this object at the latest.
final class PhaseGroup: Sendable {
    let group: ControlGroup

    /// Touches the file system, so not on a loop.
    init?() {
        guard let group = ControlGroup.make() else { return nil }
        self.group = group
    }

    deinit { group.remove() }
}
