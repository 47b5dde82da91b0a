/// One thread, one epoll, one actor on that thread.
///
/// What lives on a loop is not `Sendable` and needs no lock: handlers are called with the loop as an
/// isolated parameter, and `async` code isolated to the loop runs on its thread. Nothing here blocks but
/// the one `epoll_wait`. A loop ends by `stop`, after everything that lived on it has ended.
package actor EventLoop {
    package nonisolated let name: String
    package nonisolated let clock: any LoopClock
    package nonisolated let executor: LoopExecutor
    package nonisolated let pulse = LoopPulse()
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// The time at which this turn began; read once a turn.
    package private(set) var now: Instant

    /// Since when it comes round in time. Before that it was away, perhaps for hours: a machine that was stopped, a
    /// handler that held it. Whoever ends somebody for his silence counts it from here at the earliest, since
    /// nobody could be heard meanwhile.
    package private(set) var steadySince: Instant

    /// A loop that is late by more than this was away; whoever has a deadline of seconds can bear less.
    static let lateness = Duration.seconds(1)

    /// Bytes that a read goes to and a burst of frames is built in, lent to whoever has its turn.
    package let scratch = Scratch()

    var watches = WatchTable()
    var belongings: [ObjectIdentifier: AnyObject] = [:]
    private var timers = TimerHeap()
    private var turnEnders: [any TurnEnder] = []
    private var endingTurn: [any TurnEnder] = []
    private var nextTurnEnders: [any TurnEnder] = []
    let epoll: Epoll
    private var stopping = false

    init(name: String, clock: any LoopClock) throws(SystemError) {
        let wakeUp = try WakeUp()
        let epoll = try Epoll()
        try epoll.add(wakeUp.raw, [.readable, .edge], bits: .max)
        self.name = name
        self.clock = clock
        self.epoll = epoll
        executor = LoopExecutor(wakeUp: wakeUp)
        now = clock.now
        steadySince = now
        clock.join { wakeUp.signal() }
    }

    // MARK: Timers

    @discardableResult
    package func arm(_ handler: any TimerHandler, at deadline: Instant) -> TimerToken {
        timers.arm(handler, at: deadline)
    }

    @discardableResult
    package func arm(_ handler: any TimerHandler, after span: Duration) -> TimerToken {
        timers.arm(handler, at: now + span)
    }

    /// Gives an armed timer another time. False when it has fired or was cancelled.
    @discardableResult
    package func move(_ timer: TimerToken, to deadline: Instant) -> Bool { timers.move(timer, to: deadline) }

    @discardableResult
    package func cancel(_ timer: TimerToken) -> Bool { timers.cancel(timer) }

    // MARK: Turns

    /// `ender` is called once, when everything that is ready in this turn has been heard: the place to
    /// write in one system call what many events of the turn had to say.
    package func atEndOfTurn(_ ender: any TurnEnder) { turnEnders.append(ender) }

    /// `ender` is called at the end of the turn after this one: for what goes on for longer than a turn should.
    package func atEndOfNextTurn(_ ender: any TurnEnder) { nextTurnEnders.append(ender) }

    /// What the loop holds at this moment; tests compare it with a baseline.
    package var holdings: LoopHoldings { LoopHoldings(watches: watches.count, timers: timers.count) }

    /// Ends the loop's thread once no job is waiting. Whoever still lives on the loop is a defect of its owner.
    func stop() { stopping = true }

    /// The body of the loop's thread.
    nonisolated func run() {
        executor.adoptThread()
        pulse.begin(at: clock.now)
        // Once for all turns, as each call allocates.
        assumeIsolated { loop in loop.goRound() }
        pulse.rest(at: clock.now)
    }

    private func goRound() {
        repeat {
            executor.runJobs()
            turn()
        } while !(stopping && !executor.hasLocalJobs && executor.close())
    }

    private func turn() {
        for post in executor.takePosts() { post(self) }
        endTurn()
        fireTimers()
        let isBusy = executor.hasLocalJobs || !turnEnders.isEmpty || !nextTurnEnders.isEmpty || stopping
        let patience = isBusy ? 0 : timeout()
        pulse.rest(at: clock.now)
        // What was armed for a time that was over already is late by nobody's fault.
        let expected = timers.earliest.map { max(now, $0) }
        let count = epoll.wait(patience)
        now = clock.now
        if let expected, now - expected > Self.lateness { steadySince = now }
        pulse.begin(at: now)
        for index in 0..<count {
            let event = epoll.event(index)
            dispatch(event.readiness, event.bits)
        }
        if !nextTurnEnders.isEmpty {
            turnEnders.append(contentsOf: nextTurnEnders)
            nextTurnEnders.removeAll(keepingCapacity: true)
        }
    }

    private func dispatch(_ readiness: Readiness, _ bits: UInt64) {
        if bits == .max {
            executor.wakeUp.clear()
            return
        }
        guard let handler = watches.handler(of: WatchToken(bits: bits)) else { return }
        pulse.note(holder: handler)
        handler.ready(readiness, on: self)
    }

    private func endTurn() {
        while !turnEnders.isEmpty {
            swap(&turnEnders, &endingTurn)
            for ender in endingTurn {
                pulse.note(holder: ender)
                ender.turnEnds(on: self)
            }
            endingTurn.removeAll(keepingCapacity: true)
        }
    }

    private func fireTimers() {
        while let (handler, token) = timers.popDue(at: now) {
            pulse.note(holder: handler)
            handler.due(token, on: self)
        }
        endTurn()
    }

    /// Milliseconds that epoll may sleep, rounded up so that a timer is due when it wakes.
    private func timeout() -> CInt {
        guard let earliest = timers.earliest, let span = clock.sleep(until: earliest) else { return -1 }
        return CInt(clamping: (span.nanoseconds + 999_999) / 1_000_000)
    }
}

/// Whoever has something to finish when a turn of the loop ends.
package protocol TurnEnder: AnyObject {
    func turnEnds(on loop: isolated EventLoop)
}

/// What a loop holds for those who live on it.
package struct LoopHoldings: Equatable, Sendable {
    package var watches: Int
    package var timers: Int
}
