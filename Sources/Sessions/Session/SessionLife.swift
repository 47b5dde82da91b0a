/// The one life of a session: `opening → open → closing → closed`. It decides; `Session` performs.
///
/// Whatever ends it, the last step is taken exactly once, and the first reason is the one that stays.
package enum SessionLife: ~Copyable {
    case opening
    case open
    case closing(EndingReason)
    case closed(EndingReason)

    package enum Phase: String, Sendable {
        case opening, open, closing, closed
    }

    package init() { self = .opening }

    package var phase: Phase {
        switch self {
        case .opening: .opening
        case .open: .open
        case .closing: .closing
        case .closed: .closed
        }
    }

    /// Why it ends or ended.
    package var reason: EndingReason? {
        switch self {
        case .opening: nil
        case .open: nil
        case .closing(let reason): reason
        case .closed(let reason): reason
        }
    }

    /// What is to be opened is there. False when it was ended meanwhile: then nothing may begin.
    package mutating func opened() -> Bool {
        switch consume self {
        case .opening:
            self = .open
            return true
        case let other:
            self = other
            return false
        }
    }

    /// Something ends it. True the first time: all that is held is to be given back now.
    package mutating func end(_ reason: EndingReason) -> Bool {
        switch consume self {
        case .opening:
            self = .closing(reason)
            return true
        case .open:
            self = .closing(reason)
            return true
        case let other:
            self = other
            return false
        }
    }

    /// All is given back. True the first time: the end is to be told now.
    package mutating func close() -> Bool {
        switch consume self {
        case .closing(let reason):
            self = .closed(reason)
            return true
        case let other:
            self = other
            return false
        }
    }
}
