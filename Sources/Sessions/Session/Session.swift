package import Loop

/// Anything alive that the server is responsible for. It has one life, one ending and one scope.
///
/// Made by its loop's `Registry` and kept there until it is closed; lives on that loop. It is small, since
/// there are many: 72 bytes, and nothing besides as long as its body alone holds something.
package final class Session {
    package let id: SessionID
    package private(set) var owner: SessionOwner?
    package let registry: Registry
    private(set) var body: (any SessionBody)?
    private var scope = Scope()

    /// Its place in the registry.
    var index: UInt32 = 0
    package private(set) var kind: SessionKind
    private var life = SessionLife()

    init(id: SessionID, kind: SessionKind, owner: SessionOwner?, body: any SessionBody, in registry: Registry)
    {
        self.id = id
        self.kind = kind
        self.owner = owner
        self.body = body
        self.registry = registry
    }

    package var phase: SessionLife.Phase { life.phase }

    /// Why it ends or ended.
    package var reason: EndingReason? { life.reason }

    /// What it belongs to is there. False when it was ended meanwhile: then nothing may begin.
    package func opened(on loop: isolated EventLoop) -> Bool { life.opened() }

    /// It goes on as something else, as when a connection is upgraded. What it holds stays held.
    ///
    /// - Parameter asker: who asked for it, where that is another than its body sees, as behind a proxy.
    package func become(
        _ kind: SessionKind, owner: SessionOwner?, body: any SessionBody, for asker: String? = nil,
        on loop: isolated EventLoop
    ) {
        precondition(reason == nil, "a session that is closing becomes nothing else")
        registry.change(kind: self.kind, to: kind)
        self.kind = kind
        self.owner = owner
        self.body = body
        if let asker { registry.note(asker, for: self) }
        registry.auditOpening(of: self)
    }

    /// Whom or what it is about, for people.
    package var peer: String { registry.asker(of: self) ?? body?.peer ?? "" }

    /// Whoever it belongs to has shown who they are.
    package func belong(to owner: SessionOwner?) { self.owner = owner }

    // MARK: Holding

    /// From now on `held` is given back when the session ends; at once when it has ended already.
    package func hold(_ held: some Held, on loop: isolated EventLoop) {
        guard phase == .closed else { return scope.push(held) }
        held.giveBack(on: loop)
        check(held)
    }

    package func hold(_ held: some SlowHeld, on loop: isolated EventLoop) {
        guard phase == .closed else { return scope.push(held) }
        if Receipt(for: held, of: self, in: nil).begin(on: loop) { check(held) }
    }

    /// Gives one thing back before the others.
    package func giveBack(_ held: some Held, on loop: isolated EventLoop) {
        guard scope.remove(held) else { return }
        held.giveBack(on: loop)
        check(held)
    }

    /// `holder` came to its end by itself, as a process does, and holds nothing any more.
    package func release(_ holder: some Holder, on loop: isolated EventLoop) {
        guard scope.remove(holder) else { return }
        check(holder)
    }

    /// What `holder` says to have given back is no longer held, or it is a leak.
    func check(_ holder: any Holder) {
        let leaked = holder.holding
        if !leaked.isEmpty { registry.reportLeak(leaked, of: self) }
    }

    /// Asked of all that hold something for it.
    package var holding: Holdings {
        var sum = body?.holding ?? .none
        scope.forEach { sum += $0.holding }
        return sum
    }

    // MARK: The end

    /// Ends it: all that it holds is given back in reverse order, and then it is closed. Only the first
    /// ending counts; false for any later one. Where nothing it holds is slow, it is closed on return.
    @discardableResult
    package func end(_ ending: Ending, on loop: isolated EventLoop) -> Bool {
        guard life.end(ending.reason), let body else { return false }
        let closing = SessionClosing(of: self, body, ending, on: loop)
        body.closing(ending, on: loop)
        closing.proceed(on: loop)
        return true
    }

    /// What to give back next, before the body. It counts as held until it is let go.
    var lastHolder: (any Holder)? { scope.last }

    func letGo(_ holder: any Holder) { _ = scope.remove(holder) }

    /// The last step. True once.
    func close() -> Bool {
        guard life.close() else { return false }
        body = nil
        return true
    }

    // MARK: Listing

    package func info(on loop: isolated EventLoop) -> SessionInfo {
        let since = registry.instant(of: id)
        var deadline = Instant.distantFuture
        scope.forEach { if let holder = $0 as? any Expiring { deadline = min(deadline, holder.next) } }
        return SessionInfo(
            id: id, kind: kind, owner: owner, peer: peer, phase: phase, reason: reason,
            since: since, age: loop.now - since, deadline: deadline == .distantFuture ? nil : deadline,
            holding: holding)
    }
}
