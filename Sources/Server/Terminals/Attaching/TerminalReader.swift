import Loop
import Sessions
import Synchronization
import Terminals
import Transport
import Wire

/// One WebSocket on a terminal: its session, its place in what the terminal says, and what its peer types.
///
/// It lives on the loop of its connection, and the terminal perhaps on another. While it is attached, one task of its
/// own waits for what the terminal calls to it; another carries what is typed, while there is something. It ends once:
/// with the terminal, with its session, or with its peer; and is over when both tasks are back and its socket is gone.
final class TerminalReader: WebSocketHandler, LogReader, SessionBody, SlowHeld {
    let ticket: TerminalTicket
    let seat: TerminalSeat
    let bell: TerminalBell
    var cursor: Cursor?
    private(set) var socket: WebSocket?
    private var isEnding = false
    private var receipt: Receipt?
    private var attendance: Task<Void, Never>?
    /// Up to where its socket has taken what the terminal said.
    private var offset: UInt64 = 0
    private var pace = TalkPace(most: 100)

    /// What its peer wants done with the terminal, in order, and whether the task that carries it is out.
    var deeds: [TerminalDeed] = []
    var waitingBytes = 0
    var isCarrying = false
    /// The terminal takes nothing of it any more: it ends, or another has its place.
    var isTooLate = false
    /// How much the terminal took of what its peer typed, over all its connections; nil where that is not counted.
    var typed: UInt64?
    /// The terminal knows it: from now on it may act.
    private(set) var hasJoined = false

    init(_ ticket: TerminalTicket) {
        self.ticket = ticket
        let bell = TerminalBell()
        self.bell = bell
        seat = TerminalSeat(
            isWriter: ticket.isWriter, roomAgain: { bell.makeRoom() },
            mustLeave: { bell.dismiss(Ending(.replaced, "Somebody else types in this terminal now")) })
    }

    // MARK: Coming

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        self.socket = socket
        ticket.share?.enter(bell)
        ticket.session.become(
            .websocket, owner: ticket.owner, body: self, for: "\(ticket.asker), \(name)", on: loop)
        if let life = ticket.life {
            _ = ticket.session.limit(SessionLimits(life: life, notice: .zero), on: loop)
        }
        attendance = Task {
            await attend(on: loop)
            attendance = nil
            settle(on: loop)
        }
    }

    /// What it is, for people: `terminal q3x… (writer)`.
    private var name: String {
        let share = ticket.share.map { " by the link \($0.id)" } ?? ""
        return "terminal \(ticket.id) (\(ticket.isWriter ? "writer" : "viewer"))\(share)"
    }

    private func attend(on loop: isolated EventLoop) async {
        switch await join() {
        case .success(let arrival):
            hasJoined = true
            note(.terminalAttached)
            if arrival.tookOver { note(.terminalTakenOver) }
            if !isEnding { await begin(with: arrival, on: loop) }
            carry(on: loop)
            for await _ in bell.rings {
                carry(on: loop)
                settleReading(on: loop)
                if let ending = bell.ending { ticket.session.end(ending, on: loop) }
            }
            await ticket.terminal.run { [seat] terminal, loop in terminal.leave(seat, on: loop) }
        case .failure(let error): ticket.session.end(Ending(error), on: loop)
        }
    }

    private func join() async -> Result<Terminal.Arrival, TerminalError> {
        let (seat, after, size, takesOver) = (seat, ticket.after, ticket.size, ticket.takesOver)
        let claim = ticket.claim
        return await ticket.terminal.run { terminal, loop in
            Result { () throws(TerminalError) in
                try terminal.join(
                    seat, after: after, size: size, takingOver: takesOver, as: claim, on: loop)
            }
        }
    }

    private func begin(with arrival: Terminal.Arrival, on loop: isolated EventLoop) async {
        typed = arrival.typist?.typed
        say("attached", attachedData(arrival), on: loop)
        switch arrival.place.loss {
        case .none: break
        case .gap(let to): say("gap", #"{"from":\#(ticket.after ?? 0),"to":\#(to)}"#, on: loop)
        case .reset(let to): say("reset", #"{"from":\#(to)}"#, on: loop)
        }
        let rest = arrival.place.rest
        offset = arrival.offset + UInt64(rest.count)
        if !rest.isEmpty { unsafe rest.withUnsafeBytes { unsafe socket?.send(.binary, $0, on: loop) } }
        await ticket.log.attach(self, after: arrival.place.after, on: loop)
        if isEnding { leave(on: loop) } else { pull(on: loop) }
    }

    private func attachedData(_ arrival: Terminal.Arrival) -> String {
        let (record, title) = (arrival.record, JSONText.quoted(arrival.record.title))
        // What is no longer kept of what it asked for is told by a gap.
        var begin = arrival.offset
        if case .gap = arrival.place.loss { begin = ticket.after ?? begin }
        return
            #"{"id":"\#(ticket.id)","offset":\#(begin),"cols":\#(record.size.cols),"rows":\#(record.size.rows),"#
            + #""title":\#(title),"can_write":\#(ticket.isWriter),"kept_from":\#(arrival.keptFrom)"#
            + (arrival.typist.map { #","typist":"\#($0.name)","typed":\#($0.typed)"# } ?? "") + "}"
    }

    private func note(_ event: AuditEntry.Event) {
        ticket.audit.record(
            AuditEntry(
                event, account: ticket.owner?.account, signIn: ticket.owner?.signIn, peer: ticket.asker,
                detail: name))
    }

    // MARK: What the terminal says

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    func drained(_ socket: WebSocket, on loop: isolated EventLoop) { pull(on: loop) }

    private func pull(on loop: isolated EventLoop) {
        while let socket, cursor != nil, socket.isOpen, socket.isDrained {
            switch pending(on: loop) {
            case .slice(let slice):
                let taken = unsafe socket.offer(slice.bytes, on: loop)
                // The socket may have found its peer gone.
                guard cursor != nil else { return }
                let rest = unsafe cursor!.advance(past: slice, taken: taken)
                unsafe socket.queue(rest, on: loop)
                noteProgress()
                if taken < slice.byteCount { return }
            case .nothing: return
            case .gap, .reset:
                cursor!.skip()
                let from = offset
                offset = cursor!.log.spoken(before: cursor!.next)
                seat.took(to: offset)
                if offset > from { say("gap", #"{"from":\#(from),"to":\#(offset)}"#, on: loop) }
            case .ended:
                ticket.session.end(cursor!.log.ending ?? Ending(.completed), on: loop)
                return
            case .unreadable(let error):
                ticket.session.end(.internalError(id: "\(error)"), on: loop)
                return
            }
        }
    }

    private func noteProgress() {
        let place = cursor!.log.spoken(before: cursor!.next)
        ticket.figures.sent.add(Int(clamping: place - min(place, offset)), ordering: .relaxed)
        offset = place
        seat.took(to: offset)
    }

    /// As much is looked through at a time for what is not for a peer that takes bytes alone.
    private static let siftedBytes = 64 << 10

    private func pending(on loop: isolated EventLoop) -> Pending {
        guard !ticket.hasControl else { return cursor!.pending(on: loop) }
        while case .slice(let slice) = cursor!.pending(atMost: Self.siftedBytes, on: loop) {
            guard let remark = slice.entries.first(where: { $0.kind == .text }) else { return .slice(slice) }
            if remark.seq > slice.first { return cursor!.pending(upTo: remark.seq, on: loop) }
            cursor!.advance(through: remark.seq)
        }
        return cursor!.pending(on: loop)
    }

    /// Says something of its own, where its peer understands it.
    func say(_ type: StaticString, _ data: String, on loop: isolated EventLoop) {
        guard ticket.hasControl else { return }
        let message = LiveMessage.message(type, Array(data.utf8))
        unsafe message.withUnsafeBytes { unsafe socket?.send(.text, $0, on: loop) }
    }

    private func leave(on loop: isolated EventLoop) { cursor?.log.detach(self, on: loop) }

    // MARK: What its peer says

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        let isTyped = kind == .binary || !ticket.hasControl
        // Typing has a bound of its own: the room that there is for it.
        if !isTyped || !ticket.isWriter, !pace.mayContinue(at: loop.now) {
            ticket.session.end(Ending(.policyViolation, "Too many messages"), on: loop)
            return
        }
        guard isTyped else { return unsafe hear(control: payload, on: loop) }
        guard ticket.isWriter else { return complain(TerminalError.readOnly.sentence, on: loop) }
        guard payload.count > 0 else { return }
        unsafe take(.type(Array(payload)), on: loop)
    }

    private func hear(control payload: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        do throws(TerminalControl.Complaint) {
            switch unsafe try TerminalControl.read(payload) {
            case .ping: unsafe LiveMessage.pong().withUnsafeBytes { unsafe socket?.send(.text, $0, on: loop) }
            case .resize(let size): act(.resize(size), on: loop)
            case .signal(let name): act(.signal(name), on: loop)
            case .extend: act(.extend, on: loop)
            }
        } catch {
            complain(error.sentence, on: loop)
        }
    }

    private func act(_ deed: TerminalDeed, on loop: isolated EventLoop) {
        guard ticket.isWriter else { return complain(TerminalError.readOnly.sentence, on: loop) }
        take(deed, on: loop)
    }

    func complain(_ sentence: String, on loop: isolated EventLoop) {
        say("error", #"{"detail":\#(JSONText.quoted(sentence))}"#, on: loop)
    }

    // MARK: The end

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        leave(on: loop)
        ticket.session.end(Ending(closure), on: loop)
        settle(on: loop)
    }

    /// All is given back when the socket is gone and no task is out.
    func settle(on loop: isolated EventLoop) {
        guard socket?.isOver ?? true, attendance == nil, !isCarrying, let receipt else { return }
        self.receipt = nil
        receipt.given(on: loop)
    }

    var isOpen: Bool { !isEnding }

    var peer: String { "\(socket?.peer ?? ""), \(name)" }

    var holding: Holdings {
        var holdings: Holdings = [
            .subscription: cursor == nil ? 0 : 1, .task: (attendance == nil ? 0 : 1) + (isCarrying ? 1 : 0),
        ]
        if !(socket?.isOver ?? true) { holdings += [.descriptor: 1, .watch: 1, .timer: 1] }
        return holdings
    }

    /// What its tasks wait for is done at once by the terminal's loop.
    var patience: Duration { (socket?.longestEnd ?? .zero) + .seconds(5) }

    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        isEnding = true
        ticket.share?.leave(bell)
        leave(on: loop)
        socket?.end(ending, speaking: ticket.hasControl, on: loop)
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        self.receipt = receipt
        attendance?.cancel()
        settle(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) { socket = nil }
}
