import Glibc
import Loop
import Wire

/// One WebSocket on a terminal, which reads as much as it is told to, and knows at which byte of the terminal it is.
final class TerminalVisit {
    struct Gap: Equatable {
        let from: Int
        let to: Int
    }

    let peer: Peer
    private var reader = FrameReader()
    private let after: Int?
    /// Of the byte that comes next.
    private(set) var offset: Int
    private(set) var gaps: [Gap] = []
    private(set) var isAttached = false
    private(set) var keptFrom = 0
    /// How the program ended, once that was told.
    private(set) var exit: String?
    private(set) var close: UInt16?
    private(set) var wasReset = false
    /// Nothing comes any more.
    private(set) var isOver = false

    /// - Parameter after: how many bytes of the terminal one has had.
    init(
        _ id: String, of server: ServerUnderTest, after: Int? = nil, receiveBuffer: CInt? = nil
    ) throws {
        self.after = after
        offset = after ?? 0
        peer = try Peer(port: server.port, receiveBuffer: receiveBuffer)
        let query = after.map { "?after=\($0)" } ?? ""
        try peer.send(Peer.upgradeRequest("/api/v1/ws/terminals/\(id)\(query)", token: server.token))
    }

    /// Waits for something, at most so many bytes of it, as they come over the connection; how many came.
    ///
    /// - Parameter hear: is told what the terminal said, and at which of its bytes that begins.
    @discardableResult
    func read(atMost most: Int = 65_536, hear: (Int, ArraySlice<UInt8>) throws -> Void = { _, _ in }) throws
        -> Int
    {
        let bytes: [UInt8]
        do { bytes = try peer.receive(atMost: most) } catch  where errno == ECONNRESET { bytes = [] }
        isOver = bytes.isEmpty
        for piece in try reader.take(bytes) {
            switch piece {
            case .bytes(let said):
                try expect(isAttached, "the terminal spoke before it said where it is")
                try hear(offset, said)
                offset += said.count
            case .text(let message): try note(message)
            // Who is gone is not answered.
            case .ping: try? peer.send(Peer.frame(.pong, ""))
            case .close(let code):
                close = code
                try? peer.send(Peer.frame(.close, ""))
            }
        }
        return bytes.count
    }

    /// Reads until `isEnough`, which must come before the end.
    func read(until isEnough: () -> Bool, hear: (Int, ArraySlice<UInt8>) throws -> Void = { _, _ in }) throws
    {
        while !isEnough() {
            try read(hear: hear)
            try expect(!isOver || isEnough(), "it ended at \(offset) with \(close ?? 0)")
        }
    }

    /// Reads all that comes.
    func readToEnd(hear: (Int, ArraySlice<UInt8>) throws -> Void = { _, _ in }) throws {
        while !isOver { try read(hear: hear) }
    }

    /// Whether there is something to read, after at most so many milliseconds.
    func hasNews(within patience: CInt) -> Bool {
        var place = pollfd(fd: peer.raw, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&place, 1, patience) > 0
    }

    func type(_ text: String) throws { try peer.send(Peer.frame(.binary, text)) }

    private func note(_ message: [UInt8]) throws {
        let text = String(decoding: message, as: UTF8.self)
        guard let object = JSONObject(minified: message), let type = object.text("type") else {
            throw StressError("the server said \(text)")
        }
        let data = object["data"].flatMap { JSONObject(minified: Array($0)) }
        switch type {
        case "attached":
            guard let begin = data?.number("offset"), let kept = data?.number("kept_from") else {
                throw StressError("the server said \(text)")
            }
            try expect(after == nil || after == Int(begin), "asked for \(after ?? 0) it said \(text)")
            (isAttached, offset, keptFrom) = (true, Int(begin), Int(kept))
        case "gap":
            guard let from = data?.number("from"), let to = data?.number("to") else {
                throw StressError("the server said \(text)")
            }
            try expect(from == offset && to > from, "at \(offset) it said \(text)")
            gaps.append(Gap(from: offset, to: Int(to)))
            offset = Int(to)
        case "reset", "error": throw StressError("at \(offset) it said \(text)")
        case "exit": exit = data?.text("signal") ?? data?.number("code").map { "\($0)" }
        default: break
        }
    }
}
