import Wire

/// What a server sends to who asked for a WebSocket, taken apart as it comes: also the bytes of a message whose end
/// never does.
struct FrameReader {
    enum Piece {
        /// Some of a binary message.
        case bytes(ArraySlice<UInt8>)
        case text([UInt8])
        case ping
        case close(UInt16?)
    }

    private var waiting: [UInt8] = []
    private var isOpen = false
    /// So much of the binary message that has begun is still to come.
    private var rest = 0

    mutating func take(_ bytes: [UInt8]) throws -> [Piece] {
        waiting += bytes
        var place = 0
        if !isOpen {
            guard
                let end = waiting.indices.dropLast(3).first(where: {
                    waiting[$0..<$0 + 4] == [13, 10, 13, 10]
                })
            else { return [] }
            let head = String(decoding: waiting[..<end], as: UTF8.self)
            try expect(head.hasPrefix("HTTP/1.1 101"), "the upgrade was refused: \(head.prefix(300))")
            (isOpen, place) = (true, end + 4)
        }
        var pieces: [Piece] = []
        while place < waiting.count {
            if rest > 0 {
                let some = waiting[place...].prefix(rest)
                pieces.append(.bytes(some))
                rest -= some.count
                place += some.count
            } else {
                guard let (header, count) = Self.header(waiting[place...]) else { break }
                if waiting[place] & 0x0F == 2 {
                    rest = count
                    place += header
                    continue
                }
                guard waiting.count - place >= header + count else { break }
                let payload = waiting[(place + header)...].prefix(count)
                switch waiting[place] & 0x0F {
                case 1: pieces.append(.text(Array(payload)))
                case 8:
                    pieces.append(.close(payload.count < 2 ? nil : UInt16(Self.number(payload.prefix(2)))))
                case 9: pieces.append(.ping)
                case let opcode: throw StressError("the server sent a frame with the opcode \(opcode)")
                }
                place += header + count
            }
        }
        waiting.removeFirst(place)
        return pieces
    }

    /// How long a frame's header is, and what it heads; nil where more of it is needed.
    private static func header(_ bytes: ArraySlice<UInt8>) -> (header: Int, count: Int)? {
        guard bytes.count >= 2 else { return nil }
        let short = Int(bytes[bytes.startIndex + 1])
        let more = short == 127 ? 8 : short == 126 ? 2 : 0
        guard bytes.count >= 2 + more else { return nil }
        return (2 + more, more == 0 ? short : number(bytes.dropFirst(2).prefix(more)))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
