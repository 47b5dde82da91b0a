import CLinux
import Glibc
import Loop

/// Whoever has a holder at the other end. Lives on the link's loop.
protocol HolderLinkOwner: AnyObject {
    /// There is something in the window.
    func linkHasNews(on loop: isolated EventLoop)
    /// The program and its tree have ended, and all that they said is in the window.
    func linkOver(_ exit: TerminalExit, on loop: isolated EventLoop)
    /// The holder is gone, and whatever it held.
    func linkLost(on loop: isolated EventLoop)
}

/// The server's end of a holder: its window, its terminal, and the socket by which they wake each other.
///
/// Ends by `close`: the holder then has no server, or, after `release`, ends too.
final class HolderLink: ReadinessHandler {
    let window: TerminalWindow
    let pid: CInt
    /// What an earlier server, or this one, noted of the terminal.
    let note: String
    let input: TerminalInput
    /// To be ended by force where the holder is gone, or does not answer.
    let remains: HolderRemains
    weak var owner: (any HolderLinkOwner)?
    private var socket: HolderSocket?
    private var watch: WatchToken?
    /// What there was no room for yet, since the holder has not read for long.
    private var unsaid: [HolderRequest] = []
    private var isStuffed = false

    /// Until then it has been born, and then has answered.
    private static let patience = Duration.seconds(15)
    /// The same of one that is there, and has to do nothing first.
    private static let adoptionPatience = Duration.seconds(5)

    // MARK: Making

    /// Starts a holder and what it shall hold.
    static func launch(_ order: HoldingOrder, by program: String, on loop: isolated EventLoop)
        async throws(TerminalError) -> HolderLink
    {
        let request = HolderRequest.begin(order)
        guard HolderSocket.carries(request) else { throw .tooLong(most: HolderSocket.largestPacket) }
        let (raw, holder): (CInt, ChildProcess)
        do throws(SystemError) { (raw, holder) = try await bear(by: program, on: loop) } catch {
            throw .holder("\(error)")
        }
        let socket = HolderSocket(Descriptor(owning: raw))
        let answer: Greeting
        do throws(TerminalError) {
            guard socket.send(request) == .done else { throw .holder("the holder takes no order") }
            answer = try await greeting(over: socket, until: loop.clock.now + patience, on: loop)
        } catch {
            // It ends what it has begun, and itself; where it does not, it is ended with all that is below it.
            _ = socket.send(HolderRequest.release)
            socket.close()
            _ = await holder.stop(StopLadder(request: SIGTERM, afterRequest: patience), on: loop)
            throw error
        }
        let remains = HolderRemains(
            life: answer.life, process: KnownProcess(holder.pid),
            socketPath: order.socketPath.map { "\($0).\(answer.life)" })
        // It ends by itself, and is found by its socket.
        holder.letGo(on: loop)
        return HolderLink(socket, answer, remains)
    }

    /// The new process, and our end of the socket whose other end it has.
    private static func bear(by program: String, on loop: isolated EventLoop) async throws(SystemError)
        -> (CInt, ChildProcess)
    {
        let ends = try HolderSocket.pair()
        let theirs = ProcessSpec.Lent(owning: ends.theirs)
        var spec = ProcessSpec(
            program, ["hold"], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], directory: "/",
            streams: .separate(input: .descriptor(theirs), output: .null, error: .null))
        spec.outlives = true
        spec.mayGainPrivileges = true
        do throws(SystemError) {
            return (
                ends.ours, try await ChildProcess.spawn(spec, until: loop.clock.now + patience, on: loop)
            )
        } catch {
            Glibc.close(ends.ours)
            throw error
        }
    }

    /// Comes to a holder that an earlier server started; nil where it is certainly gone.
    static func adopt(
        in folder: String, named name: String, grace: EndingGrace, on loop: isolated EventLoop
    ) async throws(TerminalError) -> HolderLink? {
        let raw = unsafe hf_packet_connect(folder, name)
        if raw < 0, errno == ECONNREFUSED || errno == ENOENT { return nil }
        guard raw >= 0 else { throw .holder("\(SystemError("connect to \(name)"))") }
        let socket = HolderSocket(Descriptor(owning: raw))
        let process = KnownProcess(hf_peer_process(raw))
        // One that somebody has stopped could not answer.
        process?.signal(SIGCONT)
        let answer: Greeting
        do throws(TerminalError) {
            guard socket.send(HolderRequest.hello(grace: grace)) == .done else {
                throw .holder("\(name) takes no greeting")
            }
            answer = try await greeting(over: socket, until: loop.clock.now + adoptionPatience, on: loop)
        } catch {
            socket.close()
            throw error
        }
        let remains = HolderRemains(life: answer.life, process: process, socketPath: "\(folder)/\(name)")
        return HolderLink(socket, answer, remains)
    }

    private struct Greeting {
        let pid: CInt
        let life: String
        let note: String
        let window: TerminalWindow
        let input: TerminalInput
    }

    /// Waits for the holder's first answer.
    private static func greeting(
        over socket: borrowing HolderSocket, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(TerminalError) -> Greeting {
        let heard = Waiter()
        let watch: WatchToken
        do throws(SystemError) {
            watch = try loop.watch(
                socket.descriptor, for: .readable, telling: Listener(waking: heard))
        } catch {
            throw .holder("\(error)")
        }
        defer { loop.unwatch(watch) }
        while case .signalled = await heard.wait(until: deadline, on: loop) {
            switch unsafe socket.take(HolderReply.self, into: loop.scratch.incoming) {
            case .message(.holding(let pid, let life, let note), let descriptors):
                let (window, input) = try open(descriptors)
                return Greeting(pid: pid, life: life, note: note, window: window, input: input)
            case .message(.failed(let call, let code), _): throw .launch(SystemError(call, code: code))
            case .end(let error): throw .holder(error.map { "\($0)" } ?? "the holder ended")
            case .message(.over, _), .bell, .nothing: continue
            }
        }
        throw .holder("the holder does not answer")
    }

    /// The window's descriptor, and the terminal's while it has one.
    private static func open(_ descriptors: [CInt]) throws(TerminalError) -> (TerminalWindow, TerminalInput) {
        let input = TerminalInput(descriptors.count > 1 ? descriptors[1] : nil)
        do throws(SystemError) {
            guard let window = descriptors.first else {
                throw SystemError("the terminal's window", code: EPROTO)
            }
            return (try TerminalWindow(Descriptor(owning: window)), input)
        } catch {
            throw .holder("\(error)")
        }
    }

    private init(_ socket: consuming HolderSocket, _ greeting: Greeting, _ remains: HolderRemains) {
        window = greeting.window
        input = greeting.input
        pid = greeting.pid
        note = greeting.note
        self.remains = remains
        self.socket = consume socket
    }

    deinit { socket.take()?.close() }

    /// What the other end says is heard from now on.
    func open(for owner: any HolderLinkOwner, on loop: isolated EventLoop) throws(SystemError) {
        self.owner = owner
        try input.begin(on: loop)
        guard let socket = socket.take() else { return }
        do throws(SystemError) {
            watch = try loop.watch(socket.descriptor, for: Self.listening, telling: self)
        } catch {
            // The holder is still to be told what becomes of it.
            self.socket = consume socket
            throw error
        }
        self.socket = consume socket
    }

    // MARK: What is said

    var isOpen: Bool { socket != nil }

    func end(on loop: isolated EventLoop) {
        say(.end, on: loop)
        // One that somebody has stopped would not hear it.
        remains.process?.signal(SIGCONT)
    }

    func keep(note: String, on loop: isolated EventLoop) {
        // One that still waits is out of date.
        unsaid.removeAll { if case .note = $0 { true } else { false } }
        say(.note(note), on: loop)
    }

    /// Takes so much of what lies in the window.
    func take(_ count: Int) {
        if window.take(count) { socket?.ring() }
    }

    /// The holder is not needed any more.
    func release(on loop: isolated EventLoop) {
        say(.release, on: loop)
        close(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        input.close(on: loop)
        guard let socket = socket.take() else { return }
        if let watch { loop.unwatch(watch) }
        watch = nil
        unsaid = []
        socket.close()
    }

    private func say(_ request: HolderRequest, on loop: isolated EventLoop) {
        unsaid.append(request)
        // What was said before is heard before.
        if unsaid.count == 1 { flush(on: loop) }
    }

    /// Says what there is room for.
    private func flush(on loop: isolated EventLoop) {
        while let next = unsaid.first, let sending = socket?.send(next), sending != .full {
            unsaid.removeFirst()
        }
        guard let watch, isStuffed == unsaid.isEmpty else { return }
        isStuffed.toggle()
        loop.change(watch, to: unsaid.isEmpty ? Self.listening : Self.listening.union(.writable))
    }

    private static let listening: Readiness = [.readable, .peerFinished]

    // MARK: What is heard

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if !unsaid.isEmpty { flush(on: loop) }
        while let packet = unsafe socket?.take(HolderReply.self, into: loop.scratch.incoming) {
            switch packet {
            case .bell: owner?.linkHasNews(on: loop)
            case .message(.over(let exit), _): owner?.linkOver(exit, on: loop)
            case .message(_, let descriptors): for raw in descriptors { Glibc.close(raw) }
            case .nothing: return
            case .end:
                close(on: loop)
                owner?.linkLost(on: loop)
            }
        }
    }
}

/// Wakes whoever waits for the first answer.
private final class Listener: ReadinessHandler {
    private let waiter: Waiter

    init(waking waiter: Waiter) { self.waiter = waiter }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) { waiter.signal(on: loop) }
}
