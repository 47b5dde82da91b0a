import Configuration
import Glibc
import Loop
import Sessions
import Terminals
import Wire

/// A person's terminal, or a pipe, on a terminal of the server: what is typed goes there, what the program says comes
/// here. Lives on one loop; its owner calls `stop`, and then gives the terminal back.
///
/// Keys are read from the moment at which the server has let us in. They wait, up to a bound, until the terminal has
/// taken them, over whichever connection. Beyond that nothing is read from a pipe until there is room; a person's keys
/// are, so that those that leave are heard, and the others are dropped, which is said.
final class Attachment: Transcribing, SignalHandler, KeyboardOwner, TimerHandler {
    enum Departure: Sendable { case detached, interrupted }

    /// What is to be said between two messages, and whether to leave.
    struct Aside: Sendable {
        var output: [UInt8] = []
        var lines: [String] = []
        var departure: Departure?
    }

    /// What the command that attaches hears.
    static let signals: [CInt] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT]
    /// So many bytes wait of what comes from a pipe, which waits itself, and of a person's keys: any paste.
    private static let (mostPiped, mostKeys) = (64 << 10, 8 << 20)
    /// A connection that comes back within this time was not missed.
    private static let unnoticed = Duration.seconds(1)
    /// For the goodbye; the program then ends without it.
    private static let goodbye = Duration.seconds(1)

    private let isReadOnly: Bool
    private let takesOver: Bool
    /// Only a person leaves by keys; what comes from a pipe is handed on as it is.
    private let isPerson = LocalTerminal.isInput
    private var keys: DetachKeys
    private var following: Following?
    private var hears: Signals?
    private var keyboard: Keyboard?
    private var typed = TypedQueue()
    /// More keys came than can wait; they are dropped until all that waits is sent.
    private var isDropping = false
    private var transcript = TerminalTranscript()
    private var notices = TerminalNotices(isTerminal: LocalTerminal.isOutput)
    private var aside = Aside()
    private var size: TerminalSize?
    /// Runs while the loss of the connection is still to be told.
    private var loss: (timer: TimerToken, text: String)?
    private var lastExit: TimerToken?
    private var isOver = false

    init(isReadOnly: Bool, takesOver: Bool, keys: DetachKeys) {
        self.isReadOnly = isReadOnly
        self.takesOver = takesOver
        self.keys = keys
    }

    /// The status that the terminal's program ended with.
    var exit: CInt? { transcript.exit }

    /// From now on signals are heard.
    func start(on loop: isolated EventLoop) throws(SystemError) {
        hears = try Signals(Self.signals, telling: self, on: loop)
    }

    /// It is `following` that brings the messages.
    func listen(to following: Following) {
        self.following = following
        following.transcript = self
    }

    /// What has to be said by now.
    func takeAside(on loop: isolated EventLoop) -> Aside {
        var taken = aside
        taken.lines = notices.takeLines()
        aside.output = []
        return taken
    }

    /// Reads and hears nothing more; says what gives the screen back.
    func stop(on loop: isolated EventLoop) -> Aside {
        isOver = true
        if let loss { loop.cancel(loss.timer) }
        if let lastExit { loop.cancel(lastExit) }
        keyboard?.stop(on: loop)
        hears?.close(on: loop)
        following = nil
        notices.leave(in: &aside.output)
        return takeAside(on: loop)
    }

    // MARK: What comes

    var query: QueryText {
        var query = QueryText()
        query.add("after", transcript.position.map { String($0) })
        if isReadOnly { query.add("read_only", "1") } else { query.add("typist", typed.typist ?? "new") }
        // Who has taken over since is not thrown out by a connection that comes back.
        if takesOver, transcript.position == nil { query.add("takeover", "1") }
        guard isPerson, !isReadOnly, let size = LocalTerminal.size else { return query }
        query.add("cols", "\(size.cols)")
        query.add("rows", "\(size.rows)")
        return query
    }

    var end: Ending? { transcript.end }
    var isComplete: Bool { false }

    func begin(_ headers: HTTPHeaders) {
        transcript.begin()
        size = LocalTerminal.size
    }

    func add(
        _ kind: WebSocketMessageKind, _ payload: [UInt8], to output: inout [UInt8],
        on loop: isolated EventLoop
    ) {
        let wasAttached = transcript.isAttached
        transcript.add(kind, payload, to: &output, &notices)
        guard transcript.isAttached else { return }
        guard !wasAttached else {
            if kind == .text { taken(on: loop) }
            return
        }
        if let loss = loss.take() { loop.cancel(loss.timer) }
        notices.clear(in: &output)
        if let dropped = typed.begin(as: transcript.typist, taken: transcript.typed) {
            let rest = dropped > 0 ? "; \(dropped) bytes that still waited were not typed" : ""
            notices.show("what was typed and not yet read may be lost\(rest)", in: &output)
        }
        if keyboard == nil { begin(to: &output, on: loop) }
        // What changed between the question and the answer.
        resized(on: loop)
        send(on: loop)
    }

    /// Perhaps the terminal has taken some of what was typed, and there is room for more.
    private func taken(on loop: isolated EventLoop) {
        guard let taken = transcript.typed else { return }
        typed.take(upTo: taken)
        send(on: loop)
    }

    /// The server has let us in for the first time.
    private func begin(to output: inout [UInt8], on loop: isolated EventLoop) {
        if !isReadOnly, !transcript.canWrite {
            notices.show("this terminal may be looked at, and not typed into", in: &output)
        }
        let keyboard = Keyboard(telling: self)
        self.keyboard = keyboard
        do throws(SystemError) {
            if isPerson { try LocalTerminal.enterRaw() }
            try keyboard.start(on: loop)
        } catch {
            notices.show("standard input cannot be used: \(error)", in: &output)
        }
    }

    /// The connection is over, and there will be another.
    func lost(_ ending: Ending, on loop: isolated EventLoop) {
        transcript.begin()
        guard loss == nil, !isOver else { return }
        let way = isPerson && !keys.text.isEmpty ? " (\(keys.text) leaves)" : ""
        loss = (loop.arm(self, after: Self.unnoticed), "\(ending.words) Connecting again\(way).")
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        guard let loss else { return }
        notices.show(loss.text, untilCleared: true, in: &aside.output)
        following?.wake(on: loop)
    }

    // MARK: What is typed

    func typed(_ bytes: [UInt8], on loop: isolated EventLoop) {
        let (passed, leaves) = isPerson ? keys.take(bytes) : (bytes, false)
        if transcript.canWrite { keep(passed, on: loop) }
        send(on: loop)
        if leaves { leave(.detached, on: loop) }
    }

    private func keep(_ bytes: [UInt8], on loop: isolated EventLoop) {
        if !isDropping { typed.add(bytes) }
        if isPerson, !isDropping, typed.waiting >= Self.mostKeys {
            isDropping = true
            notices.show(
                "\(typed.waiting) bytes wait to be typed; more keys are dropped until they are",
                in: &aside.output)
            following?.wake(on: loop)
        }
        if !isPerson, typed.waiting >= Self.mostPiped { keyboard?.hold(on: loop) }
    }

    /// Ends nothing where it was a pipe; a terminal that goes away takes its person along.
    func inputEnded(on loop: isolated EventLoop) {
        if isPerson { leave(.interrupted, on: loop) }
    }

    func drained(on loop: isolated EventLoop) { send(on: loop) }

    private func send(on loop: isolated EventLoop) {
        if let following, transcript.isAttached, following.isDrained, let piece = typed.next() {
            following.send(.binary, piece, on: loop)
        }
        if typed.waiting == 0 { isDropping = false }
        if typed.waiting < Self.mostPiped / 2 { keyboard?.resume(on: loop) }
    }

    // MARK: Signals

    func received(_ signal: CInt, on loop: isolated EventLoop) {
        switch signal {
        case SIGWINCH: resized(on: loop)
        case SIGTSTP:
            LocalTerminal.leaveRaw()
            kill(getpid(), SIGSTOP)
        case SIGCONT:
            // Whoever was in front meanwhile has left the terminal in a mode of its own.
            LocalTerminal.leaveRaw()
            if isPerson, keyboard != nil, !isOver { try? LocalTerminal.enterRaw() }
            resized(on: loop)
        // Before there is anything to leave, and for who says so again.
        case _ where following == nil || aside.departure != nil: LastExit.now(.interrupted)
        default: leave(.interrupted, on: loop)
        }
    }

    private func resized(on loop: isolated EventLoop) {
        guard isPerson, transcript.isAttached, transcript.canWrite, let now = LocalTerminal.size, now != size
        else { return }
        size = now
        let message = #"{"type":"resize","cols":\#(now.cols),"rows":\#(now.rows)}"#
        following?.send(.text, Array(message.utf8), on: loop)
    }

    private func leave(_ departure: Departure, on loop: isolated EventLoop) {
        guard aside.departure == nil else { return }
        aside.departure = departure
        following?.wake(on: loop)
        let code = departure == .detached ? ExitCode.success : .interrupted
        lastExit = loop.arm(LastExit(code), after: Self.goodbye)
    }
}
