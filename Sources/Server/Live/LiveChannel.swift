import Loop
import Sessions
import Wire

/// One channel of a multiplexed socket: a reader with a place of its own in the log of what is open there.
final class LiveChannel: LogReader {
    let number: UInt64
    let target: any LiveTarget
    var cursor: Cursor?
    /// Whether it stands in line for its turn to say something.
    var isInLine = false
    private(set) var isOpen = true
    /// `{"channel":7,`
    private let opening: [UInt8]
    private unowned let socket: LiveSocket

    init(_ number: UInt64, _ target: any LiveTarget, of socket: LiveSocket) {
        self.number = number
        self.target = target
        self.socket = socket
        opening = Array(#"{"channel":\#(number),"#.utf8)
    }

    func attach(after seq: UInt64?, on loop: isolated EventLoop) {
        if target.log.home === loop {
            target.log.log(on: loop).attach(self, after: seq, on: loop)
            socket.hasNews(self, on: loop)
        } else {
            attachElsewhere(after: seq, on: loop)
        }
    }

    private func attachElsewhere(after seq: UInt64?, on loop: isolated EventLoop) {
        let socket = socket
        socket.taskBegan()
        Task {
            await target.log.attach(self, after: seq, on: loop)
            if isOpen { socket.hasNews(self, on: loop) } else { cursor?.log.detach(self, on: loop) }
            socket.taskEnded(on: loop)
        }
    }

    /// The channel is over; nothing is taken from the log any more.
    func close(on loop: isolated EventLoop) {
        isOpen = false
        cursor?.log.detach(self, on: loop)
    }

    func hear(_ log: Log, on loop: isolated EventLoop) { socket.hasNews(self, on: loop) }

    // MARK: Its turn

    enum Turn {
        /// It has had as much as one turn allows; there may be more.
        case more
        case nothing
        case ended(Ending)
    }

    /// Adds what comes next as frames: about `budget` bytes, and at least one entry if there is one.
    func take(_ budget: Int, into pile: inout [UInt8], on loop: isolated EventLoop) -> Turn {
        guard cursor != nil else { return .nothing }
        switch cursor!.pending(atMost: budget, on: loop) {
        case .nothing: return .nothing
        case .slice(let slice):
            for entry in slice.entries { unsafe append(entry.payload, to: &pile) }
            cursor!.advance(through: slice.end - 1)
        case .gap(let from, let to):
            say(cursor!.log.gapMessage(from: from, to: to, at: .now), into: &pile)
            cursor!.skip()
        case .reset(let from):
            say(cursor!.log.resetMessage(from: from, at: .now), into: &pile)
            cursor!.skip()
        case .ended: return .ended(cursor!.log.ending ?? Ending(.completed))
        case .unreadable(let error): return .ended(.internalError(id: "\(error)"))
        }
        return .more
    }

    func say(_ message: [UInt8], into pile: inout [UInt8]) {
        unsafe message.withUnsafeBytes { unsafe append($0, to: &pile) }
    }

    /// A message with the channel's number before all else, as a frame.
    private func append(_ message: UnsafeRawBufferPointer, to pile: inout [UInt8]) {
        guard unsafe message.first == UInt8(ascii: "{") else { return }
        let size = opening.count + message.count - 1
        unsafe withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { header in
            // A header takes at most 10 bytes where nothing is masked.
            let count = unsafe WebSocketEncoder.writeHeader(.text, payload: size, to: header.baseAddress!)
            unsafe pile.append(contentsOf: header[..<count])
        }
        pile += opening
        unsafe pile.append(contentsOf: message[1...])
    }
}
