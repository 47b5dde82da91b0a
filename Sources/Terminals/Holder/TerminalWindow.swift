import CLinux
import Glibc
import Loop

/// The last bytes of a terminal, in memory that its holder and the server share, so that they outlive the server.
///
/// The holder writes behind `head`, the server takes up to there and says how far it is by `taken`. Either may sleep
/// when there is nothing for it to do; the other then finds its sleep noted and rings.
@safe final class TerminalWindow {
    private enum Word: Int {
        case mark = 0
        case capacity = 8
        /// How many bytes were ever said.
        case head = 64
        case holderSleeps = 72
        /// How many of them the server has.
        case taken = 128
        case serverSleeps = 136
    }

    private static let mark: UInt64 = 0x4854_4657_0000_0001
    private static let headerSize = 4096

    private var descriptor: Descriptor?
    let capacity: UInt64
    private let memory: UnsafeMutableRawPointer
    private let size: Int

    /// Makes one that keeps the last `capacity` bytes.
    init(capacity: Int) throws(SystemError) {
        size = Self.headerSize + capacity
        let raw = hf_make_window(size)
        guard raw >= 0 else { throw SystemError("memfd_create") }
        let descriptor = Descriptor(owning: raw)
        guard let memory = unsafe hf_map_window(raw, size) else {
            let error = SystemError("mmap")
            descriptor.close()
            throw error
        }
        self.descriptor = consume descriptor
        unsafe self.memory = memory
        self.capacity = UInt64(capacity)
        write(Self.mark, to: .mark)
        write(self.capacity, to: .capacity)
    }

    /// Opens one that the other program made.
    init(_ descriptor: consuming Descriptor) throws(SystemError) {
        var status = stat()
        let isKnown = unsafe fstat(descriptor.raw, &status) == 0
        let size = Int(status.st_size)
        guard isKnown, size > Self.headerSize, let memory = unsafe hf_map_window(descriptor.raw, size) else {
            let error = SystemError("the terminal's window")
            descriptor.close()
            throw error
        }
        // The mapping is enough.
        descriptor.close()
        self.size = size
        unsafe self.memory = memory
        capacity = UInt64(size - Self.headerSize)
        guard read(.mark) == Self.mark, read(.capacity) == capacity else {
            throw SystemError("the terminal's window", code: EPROTO)
        }
    }

    deinit {
        unsafe munmap(memory, size)
        descriptor.take()?.close()
    }

    /// To be lent to the other program, by the one that made it.
    var raw: CInt { descriptor?.raw ?? -1 }

    var head: UInt64 { read(.head) }
    var taken: UInt64 { read(.taken) }

    /// The offset of the oldest byte that is kept.
    var begin: UInt64 { head > capacity ? head - capacity : 0 }

    // MARK: The holder's side

    /// Where the next bytes go, in one stretch, no more than `limit`. They are said by `say`.
    func room(atMost limit: Int) -> UnsafeMutableRawBufferPointer {
        let place = Int(head % capacity)
        let count = min(limit, Int(capacity) - place)
        // The stretch ends with the memory at the latest.
        return unsafe UnsafeMutableRawBufferPointer(start: memory + Self.headerSize + place, count: count)
    }

    /// So many bytes were written to `room`. True when the server sleeps, and is to be woken.
    func say(_ count: Int) -> Bool {
        write(head + UInt64(count), to: .head)
        return wakesServer()
    }

    func wakesServer() -> Bool { swap(0, to: .serverSleeps) == 1 }

    func setTaken(_ offset: UInt64) { write(offset, to: .taken) }

    /// The holder waits until the server has taken some, unless it already has: then this is false.
    func holderSleeps(unlessTakenIsOver offset: UInt64) -> Bool {
        write(1, to: .holderSleeps)
        guard taken > offset else { return true }
        write(0, to: .holderSleeps)
        return false
    }

    // MARK: The server's side

    /// What the server has not taken, in one stretch. Lent until it is taken.
    var untaken: UnsafeRawBufferPointer {
        let from = taken
        let place = Int(from % capacity)
        let count = Int(min(head &- from, capacity - UInt64(place)))
        // As above, whatever the words say.
        return unsafe UnsafeRawBufferPointer(start: memory + Self.headerSize + place, count: count)
    }

    /// So many bytes of `untaken` were taken. True when the holder sleeps, and is to be woken.
    func take(_ count: Int) -> Bool {
        write(taken + UInt64(count), to: .taken)
        return swap(0, to: .holderSleeps) == 1
    }

    /// The server waits for more, unless there is some already: then this is false.
    func serverSleeps() -> Bool {
        write(1, to: .serverSleeps)
        guard head > taken else { return true }
        write(0, to: .serverSleeps)
        return false
    }

    // The words lie within the header, each aligned.
    private func read(_ word: Word) -> UInt64 { unsafe hf_read_word(memory + word.rawValue) }
    private func write(_ value: UInt64, to word: Word) { unsafe hf_write_word(memory + word.rawValue, value) }
    private func swap(_ value: UInt64, to word: Word) -> UInt64 {
        unsafe hf_swap_word(memory + word.rawValue, value)
    }
}
