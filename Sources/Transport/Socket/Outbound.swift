import Loop

/// Bytes that a connection has to say and its socket did not take yet. Holds no memory while it is empty.
struct Outbound {
    private var bytes: [UInt8] = []
    private var sent = 0

    var isEmpty: Bool { bytes.isEmpty }
    var count: Int { bytes.count - sent }

    mutating func append(_ more: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: more) }

    /// Lets `build` add to the end.
    mutating func append(_ build: (inout [UInt8]) -> Void) { build(&bytes) }

    /// Writes what the socket takes. `.moved` says that all is gone.
    mutating func flush(to socket: borrowing Socket) -> Transfer {
        while sent < bytes.count {
            let transfer = unsafe bytes.withUnsafeBytes { all in
                unsafe socket.write(UnsafeRawBufferPointer(rebasing: all[sent...]))
            }
            guard case .moved(let count) = transfer else { return transfer }
            sent += count
        }
        let total = sent
        bytes = []
        sent = 0
        return .moved(total)
    }
}
