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
    /// The mark of all that come from the program.
    let life: String
    /// What an earlier server, or this one, noted of the terminal.
    let note: String
    /// How many bytes the server before had; nil where there was none.
    let takenBefore: UInt64
    let input: TerminalInput
    weak var owner: (any HolderLinkOwner)?
    private var socket: HolderSocket?
    private var watch: WatchToken?

    /// What is said first must be answered within this.
    private static let patience = Duration.seconds(15)

    // MARK: Making

    /// Starts a holder and what it shall hold.
    static func launch(_ order: HoldingOrder, by program: String, on loop: isolated EventLoop)
        async throws(TerminalError) -> HolderLink
    {
        let ends: (ours: CInt, theirs: CInt)
        let holder: ChildProcess
        do throws(SystemError) {
            ends = try HolderSocket.pair()
            defer { Glibc.close(ends.theirs) }
            var spec = ProcessSpec(
                program, ["hold"], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], directory: "/",
                streams: .separate(input: .descriptor(ends.theirs), output: .null, error: .null))
            spec.outlives = true
            spec.mayGainPrivileges = true
            holder = try await ChildProcess.spawn(spec, until: loop.clock.now + patience, on: loop)
        } catch {
            throw .holder("\(error)")
        }
        let socket = HolderSocket(Descriptor(owning: ends.ours))
        guard socket.send(HolderRequest.begin(order)) else {
            socket.close()
            holder.signal(SIGKILL)
            holder.letGo(on: loop)
            throw .holder("the holder takes no order")
        }
        return try await greet(socket, from: holder, on: loop)
    }

    /// Comes to a holder that an earlier server started; nil where it is certainly gone.
    static func adopt(in folder: String, named name: String, on loop: isolated EventLoop)
        async throws(TerminalError) -> HolderLink?
    {
        let raw = unsafe hf_packet_connect(folder, name)
        if raw < 0, errno == ECONNREFUSED || errno == ENOENT { return nil }
        guard raw >= 0 else { throw .holder("\(SystemError("connect to \(name)"))") }
        let socket = HolderSocket(Descriptor(owning: raw))
        guard socket.send(HolderRequest.hello) else {
            socket.close()
            throw .holder("\(name) takes no greeting")
        }
        return try await greet(socket, from: nil, on: loop)
    }

    private static func greet(
        _ socket: consuming HolderSocket, from holder: ChildProcess?, on loop: isolated EventLoop
    ) async throws(TerminalError) -> HolderLink {
        // It ends by itself, and is found by its socket.
        defer { holder?.letGo(on: loop) }
        let answer: Greeting
        do throws(TerminalError) {
            answer = try await greeting(over: socket, on: loop)
        } catch {
            socket.close()
            holder?.signal(SIGKILL)
            throw error
        }
        return try HolderLink(socket, answer)
    }

    private struct Greeting {
        let pid: CInt
        let life: String
        let note: String
        let taken: UInt64
        /// The window's and the terminal's.
        let descriptors: [CInt]
    }

    /// Waits for the holder's first answer.
    private static func greeting(over socket: borrowing HolderSocket, on loop: isolated EventLoop)
        async throws(TerminalError) -> Greeting
    {
        let heard = Waiter()
        let deadline = loop.clock.now + patience
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
            case .message(.holding(let pid, let life, let note, let taken), let descriptors):
                return Greeting(pid: pid, life: life, note: note, taken: taken, descriptors: descriptors)
            case .message(.failed(let call, let code), _): throw .launch(SystemError(call, code: code))
            case .end: throw .holder("the holder ended")
            case .message(.over, _), .bell, .nothing: continue
            }
        }
        throw .holder("the holder does not answer")
    }

    private init(
        _ socket: consuming HolderSocket, _ greeting: Greeting
    ) throws(TerminalError) {
        var descriptors = greeting.descriptors
        do throws(SystemError) {
            guard !descriptors.isEmpty else { throw SystemError("the terminal's window", code: EPROTO) }
            window = try TerminalWindow(Descriptor(owning: descriptors.removeFirst()))
            input = TerminalInput(descriptors.popLast())
        } catch {
            for raw in descriptors { Glibc.close(raw) }
            socket.close()
            throw .holder("\(error)")
        }
        pid = greeting.pid
        life = greeting.life
        note = greeting.note
        takenBefore = greeting.taken
        self.socket = consume socket
    }

    deinit { socket.take()?.close() }

    /// What the other end says is heard from now on.
    func open(for owner: any HolderLinkOwner, on loop: isolated EventLoop) throws(SystemError) {
        self.owner = owner
        try input.begin(on: loop)
        guard let socket = socket.take() else { return }
        do throws(SystemError) {
            watch = try loop.watch(socket.descriptor, for: [.readable, .peerFinished], telling: self)
        } catch {
            socket.close()
            throw error
        }
        self.socket = consume socket
    }

    // MARK: What is said

    var isOpen: Bool { socket != nil }

    func end(afterHangup: Duration, afterTerminate: Duration) {
        say(.end(afterHangup: afterHangup.milliseconds, afterTerminate: afterTerminate.milliseconds))
    }

    func keep(note: String) { say(.note(note)) }

    /// Takes so much of what lies in the window.
    func take(_ count: Int) {
        if window.take(count) { socket?.ring() }
    }

    /// The holder is not needed any more.
    func release(on loop: isolated EventLoop) {
        say(.release)
        close(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        input.close(on: loop)
        guard let socket = socket.take() else { return }
        if let watch { loop.unwatch(watch) }
        watch = nil
        socket.close()
    }

    private func say(_ request: HolderRequest) { _ = socket?.send(request) }

    // MARK: What is heard

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
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
