extension EventLoop {
    /// Tells `handler` whenever `descriptor` is ready. The watch must end, by `unwatch`, before the descriptor is closed.
    package func watch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, telling handler: any ReadinessHandler
    ) throws(SystemError) -> WatchToken {
        let token = watches.insert(handler)
        do throws(SystemError) {
            try epoll.add(descriptor.raw, interest, bits: token.bits)
        } catch {
            watches.remove(token)
            throw error
        }
        return token
    }

    /// Changes what the handler is told about.
    package func change(
        _ token: WatchToken, of descriptor: borrowing Descriptor, to interest: Readiness
    ) throws(SystemError) {
        try epoll.change(descriptor.raw, interest, bits: token.bits)
    }

    /// From now on `handler` is told, as when a connection is upgraded.
    package func hand(_ token: WatchToken, to handler: any ReadinessHandler) {
        watches.replace(token, with: handler)
    }

    /// Ends a watch. Events that the kernel had queued for it are dropped.
    package func unwatch(_ token: WatchToken, of descriptor: borrowing Descriptor) {
        guard watches.remove(token) else { return }
        epoll.remove(descriptor.raw)
    }
}
