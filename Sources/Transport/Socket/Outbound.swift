import Loop

/// Bytes that a connection has to say and its socket did not take yet. Holds no memory while it is empty.
struct Outbound {
    private var bytes: [UInt8] = []
    private var sent: UInt32 = 0

    var isEmpty: Bool { bytes.isEmpty }
    var count: Int { bytes.count - Int(sent) }

    /// What it takes in memory, in bytes.
    var memory: Int { bytes.count }

    mutating func append(_ more: UnsafeRawBufferPointer) { append { unsafe $0.append(contentsOf: more) } }

    /// Lets `build` add to the end.
    mutating func append(_ build: (inout [UInt8]) -> Void) {
        // What was sent goes at the latest when it is half of all: a queue that is never empty must not grow for ever.
        if sent > 0, Int(sent) >= count {
            bytes.removeFirst(Int(sent))
            sent = 0
        }
        build(&bytes)
    }

    /// Gives what is queued to somebody else to write.
    mutating func takeAll() -> [UInt8] {
        defer { self = Outbound() }
        return Array(bytes[Int(sent)...])
    }

    /// Writes what the socket takes. `.moved` says that all is gone.
    mutating func flush(to socket: borrowing Socket) -> Transfer {
        while Int(sent) < bytes.count {
            // One piece stays below what a 32-bit count can say; the next comes with the next round.
            let transfer = unsafe bytes.withUnsafeBytes { all in
                unsafe socket.write(UnsafeRawBufferPointer(rebasing: all[Int(sent)...].prefix(1 << 30)))
            }
            guard case .moved(let count) = transfer else { return transfer }
            sent += UInt32(count)
        }
        let total = Int(sent)
        bytes = []
        sent = 0
        return .moved(total)
    }
}
