import Loop
import Sessions
import Testing
import Wire

/// What a reader in a test was given, in order.
enum Heard: Equatable {
    case entry(UInt64)
    case gap(UInt64, UInt64)
    case reset(UInt64)
    case ended(Ending)
    case unreadable(LogError)
}

/// A reader whose taker has only so much room, as a socket has. What it took is decoded as a client would.
final class Listener: LogReader {
    var cursor: Cursor?
    var room: Int
    private(set) var heard: [Heard] = []
    private(set) var calls = 0
    weak var companion: (any Companion)?
    private var leftover: [UInt8] = []
    private var wire: [UInt8] = []
    private var decoder: WebSocketDecoder

    init(room: Int = .max, deflate: PermessageDeflate? = nil) {
        self.room = room
        decoder = WebSocketDecoder(role: .client, deflate: deflate)
    }

    func hear(_ log: Log, on loop: isolated EventLoop) {
        calls += 1
        companion?.stir(on: loop)
        pull(on: loop)
    }

    /// The taker has `more` room again.
    func drain(_ more: Int, on loop: isolated EventLoop) {
        room = room > Int.max - more ? .max : room + more
        pull(on: loop)
    }

    func pull(on loop: isolated EventLoop) {
        while cursor != nil, flush() {
            switch cursor!.pending(on: loop) {
            case .nothing: return
            case .slice(let slice):
                let count = take(slice)
                leftover = unsafe Array(cursor!.advance(past: slice, taken: count))
                if count < slice.byteCount { return }
            case .gap(let from, let to):
                decode()
                heard.append(.gap(from, to))
                cursor!.skip()
            case .reset(let first):
                decode()
                heard.append(.reset(first))
                cursor!.skip()
            case .ended:
                decode()
                if heard.last != .ended(cursor!.log.ending!) { heard.append(.ended(cursor!.log.ending!)) }
                return
            case .unreadable(let error):
                decode()
                heard.append(.unreadable(error))
                return
            }
        }
    }

    /// The entries and whatever else was said, decoded up to here.
    var all: [Heard] {
        decode()
        return heard
    }

    private func take(_ slice: LogSlice) -> Int {
        let count = min(room, slice.byteCount)
        unsafe wire.append(contentsOf: slice.bytes[..<count])
        room = room == .max ? .max : room - count
        return count
    }

    private func flush() -> Bool {
        let count = min(room, leftover.count)
        wire.append(contentsOf: leftover[..<count])
        leftover.removeFirst(count)
        room = room == .max ? .max : room - count
        return leftover.isEmpty
    }

    private func decode() {
        unsafe wire.withUnsafeMutableBytes { bytes in
            var rest = unsafe bytes
            while case .message(_, let payload)? = unsafe try? decoder.next(&rest) {
                let number = unsafe Said.number(of: payload)
                #expect(unsafe Array(payload) == Said.entry(number))
                heard.append(.entry(number))
            }
            unsafe #expect(rest.isEmpty, "what a log gives can be decoded")
        }
        wire.removeAll()
    }
}

/// Whoever does something of its own when a reader is told.
protocol Companion: AnyObject {
    func stir(on loop: isolated EventLoop)
}

/// Entries that say which they are, of many sizes.
enum Said {
    static func entry(_ number: UInt64) -> [UInt8] {
        let size = Int((number &* 2_654_435_761) % 97) + (number % 41 == 0 ? 300 : 0)
        let letter = UInt8(ascii: "a") + UInt8(number % 26)
        return Array("\(number):".utf8) + [UInt8](repeating: letter, count: size)
    }

    static func number(of payload: UnsafeRawBufferPointer) -> UInt64 {
        let digits = unsafe payload.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return unsafe UInt64(String(decoding: digits, as: UTF8.self)) ?? 0
    }
}

extension Log {
    /// Says the next entry, or as many.
    func say(_ count: Int = 1, on loop: isolated EventLoop) {
        for _ in 0..<count {
            let number = head + 1
            let entry = Said.entry(number)
            let kind: WebSocketMessageKind = number % 3 == 0 ? .binary : .text
            #expect((try? append(kind, entry.span, on: loop)) == number)
        }
    }
}

/// Every entry from `first` to `last` once and in order, except those that a gap was told for, exactly.
func expectExact(
    _ heard: [Heard], from first: UInt64, to last: UInt64, gaps: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var next = first
    for one in heard {
        switch one {
        case .entry(let number):
            guard number == next else {
                Issue.record("entry \(number) where \(next) is due", sourceLocation: sourceLocation)
                return
            }
            next += 1
        case .gap(let from, let to):
            guard gaps, from == next, to >= from else {
                Issue.record("gap \(from) to \(to) where \(next) is due", sourceLocation: sourceLocation)
                return
            }
            next = to + 1
        case .ended: break
        case .reset, .unreadable: Issue.record("\(one)", sourceLocation: sourceLocation)
        }
    }
    #expect(next == last + 1, sourceLocation: sourceLocation)
}

/// Runs a test on a loop.
func onLoop(_ body: @Sendable (isolated EventLoop) async throws -> Void) async throws {
    let group = try LoopGroup(count: 1)
    let result: Result<Void, any Error>
    do { result = .success(try await body(group.loops[0])) } catch { result = .failure(error) }
    await group.stop()
    try result.get()
}

/// At least one turn of the loop has ended when this returns, and what was said before has been told.
func turn(on loop: isolated EventLoop) async { await Task.yield() }
