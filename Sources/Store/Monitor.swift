import Glibc

/// State that threads share and can wait on: a mutex with its condition variable.
///
/// The bodies run with the lock held, so they touch the state and nothing else.
@safe final class Monitor<State>: @unchecked Sendable {
    // Sendable, because `state` is touched with the mutex held only. Both live at a fixed address, as POSIX
    // asks.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: sending State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Waits until `take` gives something; `nil` when `deadline` came first. `take` is asked at least once.
    func wait<Result>(until deadline: Moment, take: (inout State) -> Result?) -> Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = take(&state) { return result }
            if deadline == .never {
                unsafe pthread_cond_wait(condition, mutex)
            } else {
                var time = deadline.timespec
                if unsafe pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return take(&state) }
            }
        }
    }

    func wakeOne() { unsafe pthread_cond_signal(condition) }

    func wakeAll() { unsafe pthread_cond_broadcast(condition) }
}
