import CLinux
import Glibc

/// What a descriptor is ready for, as the kernel says it.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer will send no more.
    package static let peerFinished = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Both directions are over, or an error waits to be read.
    package static let hungUp = Readiness(rawValue: EPOLLHUP.rawValue)
    package static let failed = Readiness(rawValue: EPOLLERR.rawValue)
    /// Said once for each change, so whoever is told reads or writes until the kernel has no more.
    package static let edge = Readiness(rawValue: EPOLLET.rawValue)
    /// Only one of the loops that share the descriptor is told.
    package static let exclusive = Readiness(rawValue: EPOLLEXCLUSIVE.rawValue)
}

/// Whoever is told when its descriptor is ready. Lives on one loop.
package protocol ReadinessHandler: AnyObject {
    func ready(_ readiness: Readiness, on loop: isolated EventLoop)
}

/// One registration with a loop. It carries a generation, so an event that the kernel had
/// already queued for an earlier owner of the same slot is dropped.
package struct WatchToken: Equatable, Sendable {
    let slot: UInt32
    let generation: UInt32

    var bits: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(bits: UInt64) {
        slot = UInt32(truncatingIfNeeded: bits)
        generation = UInt32(truncatingIfNeeded: bits >> 32)
    }
}
