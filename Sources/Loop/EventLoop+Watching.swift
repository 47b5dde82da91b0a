extension EventLoop {
    /// Tells `handler` whenever `descriptor` is ready. The watch must end, by `unwatch`, before the descriptor is closed.
    package func watch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, telling handler: any ReadinessHandler
    ) throws(SystemError) -> WatchToken {
        let token = watches.insert(handler, of: descriptor.raw)
        do throws(SystemError) {
            try epoll.add(descriptor.raw, interest, bits: token.bits)
        } catch {
            watches.remove(token)
            throw error
        }
        return token
    }

    /// Changes what the handler is told about.
    package func change(_ token: WatchToken, to interest: Readiness) {
        guard let raw = watches.descriptor(of: token) else { return }
        epoll.change(raw, interest, bits: token.bits)
    }

    /// From now on `handler` is told, as when a connection is upgraded.
    package func hand(_ token: WatchToken, to handler: any ReadinessHandler) {
        watches.replace(token, with: handler)
    }

    /// Whoever is told about a descriptor on this loop.
    package var watchers: [any ReadinessHandler] { watches.handlers }

    /// Ends a watch. Events that the kernel had queued for it are dropped.
    package func unwatch(_ token: WatchToken) {
        guard let raw = watches.descriptor(of: token) else { return }
        watches.remove(token)
        epoll.remove(raw)
    }
}
