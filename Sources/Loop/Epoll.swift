import CLinux
import Glibc

/// The kernel's list of descriptors to look after, and the events that one wait brings.
@safe final class Epoll {
    /// How many events one wait takes; the rest come with the next.
    private static let batch = 512

    private let raw: CInt
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(SystemError) {
        raw = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard raw >= 0 else { throw SystemError("epoll_create1") }
        unsafe events = .allocate(capacity: Self.batch)
    }

    deinit {
        close(raw)
        unsafe events.deallocate()
    }

    func add(_ descriptor: CInt, _ interest: Readiness, bits: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, bits)
    }

    func change(_ descriptor: CInt, _ interest: Readiness, bits: UInt64) {
        do throws(SystemError) {
            try control(EPOLL_CTL_MOD, descriptor, interest, bits)
        } catch {
            // The kernel refuses this only for a descriptor that is not in its list: a defect of ours.
            fatalError("changed a watch that is not there: \(error)")
        }
    }

    func remove(_ descriptor: CInt) { try? control(EPOLL_CTL_DEL, descriptor, [], 0) }

    /// Waits at most `patience` milliseconds (-1: until there is something); how many events came.
    func wait(_ patience: CInt) -> Int {
        Int(max(0, unsafe epoll_wait(raw, events, CInt(Self.batch), patience)))
    }

    func event(_ index: Int) -> (readiness: Readiness, bits: UInt64) {
        let event = unsafe events[index]
        return unsafe (Readiness(rawValue: event.events), event.data.u64)
    }

    private func control(
        _ operation: CInt, _ descriptor: CInt, _ interest: Readiness, _ bits: UInt64
    ) throws(SystemError) {
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data(u64: bits))
        guard unsafe epoll_ctl(raw, operation, descriptor, &event) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }
}
