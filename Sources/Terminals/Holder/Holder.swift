import CLinux
import Glibc
package import Loop

/// The program `holdfast hold`: owns one terminal, its program and all that comes from it, and keeps the last bytes
/// that they said, while servers come and go.
///
/// It ends with the program of its terminal, when a server has all that was said; or, ending the program, when no
/// server has come for too long, or when it is told to by SIGTERM and has no server. It lives on one loop.
package final class Holder: ChildObserver, ReadinessHandler, TurnEnder, TimerHandler, SignalHandler {
    private let order: HoldingOrder
    private let window: TerminalWindow
    private let child: ChildProcess
    private let isOver = Waiter()
    private let doors: HolderDoors
    private var note: String
    /// As the server wants it that came last, also when there is none.
    private var grace: EndingGrace
    /// For how long a server that went away is waited for; nil where none is.
    private var patience: Duration?
    private var pace: Pace
    /// The terminal's outer side, until nothing more can come from it.
    private var terminal: Descriptor?
    private var terminalWatch: WatchToken?
    /// The loop is going to call `turnEnds`.
    private var isScheduled = false
    private var stop: Task<Void, Never>?
    private var report: StopReport?
    private var exit: TerminalExit?
    /// A server has come and said so, and has not left.
    private var isServed = true
    /// The server needs it no more.
    private var isReleased = false
    private var orphanTimer: TimerToken?
    /// When the terminal, which no program has, is looked at again.
    private var lookTimer: TimerToken?

    /// Whether `raw` is a socket, and no person's terminal or file.
    package static func takesOrders(from raw: CInt) -> Bool {
        var status = stat()
        return unsafe fstat(raw, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Runs until all is over, on the server's order that comes by `raw`, a socket of which this is the owner now.
    package static func run(orderFrom raw: CInt, on loop: isolated EventLoop) async -> Bool {
        let socket = HolderSocket(Descriptor(owning: raw))
        guard case .begin(let order)? = await firstRequest(socket, on: loop) else {
            socket.close()
            return false
        }
        do throws(SystemError) {
            let holder = try await Holder(order, socket, on: loop)
            await holder.hold(on: loop)
            return true
        } catch {
            return false
        }
    }

    private static func firstRequest(_ socket: borrowing HolderSocket, on loop: isolated EventLoop) async
        -> HolderRequest?
    {
        let deadline = loop.clock.now + .seconds(10)
        while loop.clock.now < deadline {
            var place = pollfd(fd: socket.descriptor.raw, events: Int16(POLLIN), revents: 0)
            // Nothing else happens on this loop yet.
            _ = unsafe poll(&place, 1, 1000)
            switch unsafe socket.take(HolderRequest.self, into: loop.scratch.incoming) {
            case .message(let request, _): return request
            case .end: return nil
            case .bell, .nothing: continue
            }
        }
        return nil
    }

    private init(_ order: HoldingOrder, _ socket: consuming HolderSocket, on loop: isolated EventLoop)
        async throws(SystemError)
    {
        do throws(SystemError) {
            let window = try TerminalWindow(capacity: order.windowBytes)
            let doors = try HolderDoors(at: order.socketPath.map { "\($0).\(Nursery.life)" })
            let child = try await ChildProcess.spawn(
                ProcessSpec(order.launch), until: loop.clock.now + .seconds(10), on: loop)
            self.order = order
            self.window = window
            self.doors = doors
            self.child = child
            note = order.note
            grace = order.grace
            patience = order.socketPath == nil ? nil : .milliseconds(order.orphanPatience)
            pace = Pace(at: loop.clock.now)
            terminal = child.takeTerminal()
        } catch {
            _ = socket.send(HolderReply.failed(call: error.call, code: error.code))
            socket.close()
            throw error
        }
        doors.owner = self
        child.observer = self
        doors.admit(socket, on: loop)
        tellHolding()
        if child.end != nil { bringDown(on: loop) }
    }

    private func hold(on loop: isolated EventLoop) async {
        guard let terminal = terminal.take() else { return }
        terminalWatch = try? loop.watch(terminal, for: [.readable, .edge], telling: self)
        self.terminal = consume terminal
        let signals = try? Signals(telling: self, on: loop)
        doors.open(on: loop)
        _ = await isOver.wait(until: .distantFuture, on: loop)
        await stop?.value
        doors.close(on: loop)
        closeTerminal(on: loop)
        for timer in [lookTimer, orphanTimer] { if let timer { loop.cancel(timer) } }
        signals?.close(on: loop)
    }

    /// Only who may end a process by force ends the terminal this way; the others come from no terminal of ours.
    /// The server that is there hears of the end. No other is waited for: a machine that shuts down waits for this.
    package func received(_ signal: CInt, on loop: isolated EventLoop) {
        guard signal == SIGTERM else { return }
        patience = nil
        stopWaiting(on: loop)
        bringDown(on: loop)
        leaveIfDone(on: loop)
    }

    // MARK: The server

    func heard(_ request: HolderRequest, on loop: isolated EventLoop) {
        switch request {
        case .begin: break
        case .hello(let grace):
            self.grace = grace
            isServed = true
            stopWaiting(on: loop)
            // It has nothing yet of all that is kept, and nothing of that is overwritten before it has.
            window.setTaken(window.begin)
            tellHolding()
            if let exit { _ = doors.say(.over(exit)) }
        case .end: bringDown(on: loop)
        case .note(let note): self.note = note
        case .release:
            isReleased = true
            // Whatever the server knows, nothing of the tree is left when this ends.
            bringDown(on: loop)
            leaveIfDone(on: loop)
        }
        resume(on: loop)
    }

    /// The server has taken some.
    func rung(on loop: isolated EventLoop) { resume(on: loop) }

    func serverLeft(on loop: isolated EventLoop) {
        isServed = false
        stopWaiting(on: loop)
        if let patience {
            orphanTimer = loop.arm(self, after: patience)
        } else {
            bringDown(on: loop)
        }
        resume(on: loop)
        leaveIfDone(on: loop)
    }

    private func stopWaiting(on loop: isolated EventLoop) {
        if let orphanTimer { loop.cancel(orphanTimer) }
        orphanTimer = nil
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        if timer == lookTimer {
            lookTimer = nil
            resume(on: loop)
        } else if timer == orphanTimer {
            orphanTimer = nil
            bringDown(on: loop)
            leaveIfDone(on: loop)
        }
    }

    private func tellHolding() {
        // A server that does not hear it is gone, and the next one asks.
        _ = doors.say(
            .holding(pid: child.pid, life: Nursery.life, note: note),
            descriptors: [window.raw, terminal?.raw ?? -1].filter { $0 >= 0 })
    }

    // MARK: What the program says

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if !isScheduled { read(on: loop) }
    }

    package func turnEnds(on loop: isolated EventLoop) {
        isScheduled = false
        read(on: loop)
    }

    /// Reads until there is nothing for now, or the server has to take some first; a part of it in one turn.
    private func read(on loop: isolated EventLoop) {
        for _ in 0..<Self.piecesPerTurn {
            guard let raw = terminal?.raw, let limit = allowance else { return }
            let room = unsafe window.room(atMost: limit)
            let count = unsafe Glibc.read(raw, room.baseAddress, room.count)
            if count > 0 {
                pace.note(count)
                if window.say(count) { doors.ring() }
                // More would be asked for in vain, and the kernel sees to that at some length.
                if pace.isFlood, count < min(Self.shortPiece, room.count), report == nil {
                    return rest(on: loop)
                }
            } else if count < 0, errno == EAGAIN {
                return report != nil ? finish(on: loop) : rest(on: loop)
            } else if count == 0 || errno != EINTR {
                return hungUp(on: loop)
            }
        }
        isScheduled = true
        loop.atEndOfNextTurn(self)
    }

    private static let piecesPerTurn = 16
    /// Half of what the kernel has ready at most: that was all of it.
    private static let shortPiece = 2048

    /// There is nothing for now. A flood need not be taken up at once: where this has its processor together with the
    /// program, to be woken for each piece costs both more than the piece.
    private func rest(on loop: isolated EventLoop) {
        let wasFlood = pace.isFlood
        pace.look(at: loop.clock.now)
        if pace.isFlood != wasFlood { hf_interrupt_nobody(pace.isFlood ? 1 : 0) }
    }

    /// How much may be read now; nil, and the server will ring, where it has to take some first.
    private var allowance: Int? {
        guard doors.hasServer else { return .max }
        // Of a program that is over only what the kernel has is still to come: no more than the window has room for, it
        // does not wait for anybody. What the server has not taken is never written over.
        let most = report == nil ? min(order.ahead, window.capacity) : window.capacity
        let head = window.head
        let ahead = head &- window.taken
        if ahead < most { return Int(most - ahead) }
        return window.holderSleeps(unlessTakenIsOver: head - most) ? nil : 1
    }

    private func resume(on loop: isolated EventLoop) {
        if !isScheduled { read(on: loop) }
    }

    /// No program has the terminal any more. One that lives on may open it again.
    private func hungUp(on loop: isolated EventLoop) {
        if report != nil { return finish(on: loop) }
        // Whatever else happens meanwhile, there is one look at a time.
        guard lookTimer == nil else { return }
        lookTimer = loop.arm(self, after: .milliseconds(100))
    }

    // MARK: The end

    package func ended(_ child: ChildProcess, _ end: ProcessEnd, on loop: isolated EventLoop) {
        bringDown(on: loop)
    }

    /// Ends whatever there is of the tree; what it still says is read.
    private func bringDown(on loop: isolated EventLoop) {
        guard stop == nil else { return }
        stop = Task {
            report = await child.stop(grace.ladder, on: loop)
            resume(on: loop)
        }
    }

    private func finish(on loop: isolated EventLoop) {
        guard exit == nil, let report else { return }
        let exit = TerminalExit(report)
        self.exit = exit
        closeTerminal(on: loop)
        _ = doors.say(.over(exit))
        leaveIfDone(on: loop)
    }

    /// Goes when the terminal is over and no server, there or waited for, still wants to hear of it.
    private func leaveIfDone(on loop: isolated EventLoop) {
        guard exit != nil, isReleased || !isServed && orphanTimer == nil else { return }
        isOver.signal(on: loop)
    }

    private func closeTerminal(on loop: isolated EventLoop) {
        guard let terminal = terminal.take() else { return }
        if let terminalWatch { loop.unwatch(terminalWatch) }
        terminalWatch = nil
        terminal.close()
    }
}

extension ProcessSpec {
    fileprivate init(_ launch: TerminalLaunch) {
        self.init(
            launch.program, launch.arguments, environment: launch.environment, directory: launch.directory,
            streams: .terminal(columns: launch.size.cols, rows: launch.size.rows))
        mayGainPrivileges = true
        // A holder is there for one tree.
        isOnly = true
        if let user = launch.user {
            self.user = User(user: user.user, group: user.group, groups: user.groups)
        }
    }
}
