/// Frames in order in one block of memory, each contiguous, the oldest giving way to the newest.
///
/// What a reader has pending is therefore one stretch of memory, or two where the ring has come round: one
/// system call for many entries, and no copy. The block begins small and grows to its bound. An entry is found
/// by its number in O(1).
@safe struct Ring: ~Copyable {
    private struct Mark {
        var start: UInt32
        var size: UInt32
        /// How many bytes were spoken before it.
        var spoken: UInt64
    }

    /// The number of the oldest entry that is kept, and the number that the next one gets.
    private(set) var first: UInt64
    private(set) var end: UInt64
    /// How many bytes were ever spoken: the payloads of binary messages, as those of a terminal.
    private(set) var spoken: UInt64

    let mostEntries: Int
    let mostBytes: Int
    /// How many of the bytes that were spoken are kept.
    private let mostSpeech: Int
    private var block: UnsafeMutableRawPointer?
    private var capacity = 0
    private var marks: UnsafeMutablePointer<Mark>?
    private var markMask: UInt64 = 0
    private var markCapacity = 0

    /// Where the oldest entry begins and the next one would. While `isRound`, the kept entries are
    /// `tail..<turn` and then `0..<head`, of which `turnEntry` is the first; otherwise `tail..<head`.
    private var tail = 0
    private var head = 0
    private var isRound = false
    private var turn = 0
    private var turnEntry: UInt64 = 0

    init(
        startingAt first: UInt64, spoken: UInt64 = 0, entries: Int, bytes: Int, speech: Int = .max
    ) {
        precondition(entries > 0 && bytes > 0 && bytes <= Int(UInt32.max), "a window keeps something")
        self.first = first
        end = first
        self.spoken = spoken
        mostEntries = entries
        mostBytes = bytes
        mostSpeech = speech
    }

    deinit {
        unsafe block?.deallocate()
        unsafe marks?.deallocate()
    }

    var count: Int { Int(truncatingIfNeeded: end &- first) }
    var memory: Int { capacity + markCapacity * MemoryLayout<Mark>.stride }
    func fits(_ size: Int) -> Bool { size <= mostBytes }

    // MARK: Adding

    /// Takes the next number for an entry of `size` bytes, which the caller writes to the memory returned
    /// before anything else happens. `fits(size)` must be true. It speaks `count` bytes.
    mutating func add(_ size: Int, speaking count: Int = 0) -> UnsafeMutableRawPointer {
        if self.count >= mostEntries { evict() }
        if count > 0 { makeRoom(speaking: count) }
        while true {
            if isRound {
                if tail &- head >= size { break }
            } else if capacity &- head >= size {
                break
            } else if tail >= size {
                isRound = true
                turn = head
                turnEntry = end
                head = 0
                break
            }
            makeRoom(for: size)
        }
        if self.count == markCapacity { growMarks() }
        let start = head
        head &+= size
        // The slot of `end` is free: there are more slots than entries. `head` is within the block.
        unsafe marks.unsafelyUnwrapped[Int(truncatingIfNeeded: end & markMask)] = Mark(
            start: UInt32(truncatingIfNeeded: start), size: UInt32(truncatingIfNeeded: size), spoken: spoken)
        spoken &+= UInt64(truncatingIfNeeded: count)
        end &+= 1
        return unsafe block.unsafelyUnwrapped + start
    }

    /// Drops the oldest entries up to the one before `seq`.
    mutating func drop(before seq: UInt64) {
        while first < seq, first < end { evict() }
    }

    /// Drops everything and goes on at `seq`, before which so much was spoken.
    mutating func restart(at seq: UInt64, spoken: UInt64) {
        drop(before: .max)
        first = seq
        end = seq
        self.spoken = spoken
    }

    private mutating func evict() {
        let mark = mark(first)
        first &+= 1
        tail = Int(mark.start &+ mark.size)
        if first == end {
            tail = 0
            head = 0
            isRound = false
        } else if isRound, first == turnEntry {
            tail = 0
            isRound = false
        }
    }

    private mutating func makeRoom(speaking count: Int) {
        guard mostSpeech < .max else { return }
        while first != end, Int(truncatingIfNeeded: spoken &- mark(first).spoken) + count > mostSpeech {
            evict()
        }
    }

    private mutating func makeRoom(for size: Int) {
        let live = isRound ? turn - tail + head : head - tail
        if capacity < mostBytes, live + size <= mostBytes {
            // A large one grows by less: it would stay half empty where what is spoken has a bound of its own.
            let more = capacity < 256 << 10 ? capacity : capacity / 4
            grow(to: min(mostBytes, max(capacity + more, live + size, 1024)), live: live)
        } else {
            evict()
        }
    }

    /// Moves the entries, in order, to the beginning of a larger block.
    private mutating func grow(to size: Int, live: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        if let block = unsafe block {
            // `live` bytes fit, as the new block is larger than the old one.
            let upper = isRound ? turn - tail : head - tail
            unsafe larger.copyMemory(from: block + tail, byteCount: upper)
            if isRound { unsafe (larger + upper).copyMemory(from: block, byteCount: head) }
            for seq in first..<end {
                let index = Int(truncatingIfNeeded: seq & markMask)
                let isUpper = !isRound || seq < turnEntry
                unsafe marks.unsafelyUnwrapped[index].start =
                    isUpper ? mark(seq).start - UInt32(tail) : mark(seq).start + UInt32(upper)
            }
            unsafe block.deallocate()
        }
        unsafe block = larger
        capacity = size
        tail = 0
        head = live
        isRound = false
    }

    private mutating func growMarks() {
        let larger = max(16, markCapacity * 2)
        let mask = UInt64(larger - 1)
        let fresh = UnsafeMutablePointer<Mark>.allocate(capacity: larger)
        for seq in first..<end {
            unsafe fresh[Int(truncatingIfNeeded: seq & mask)] = mark(seq)
        }
        unsafe marks?.deallocate()
        unsafe marks = fresh
        markCapacity = larger
        markMask = mask
    }

    // MARK: Reading

    /// What lies in one stretch from entry `seq`, which must be kept: whole entries, at least one, and no more
    /// than `limit` bytes where that is possible. Lent until the next change.
    @inline(__always)
    func stretch(from seq: UInt64, atMost limit: Int) -> (bytes: UnsafeRawBufferPointer, end: UInt64) {
        let start = Int(mark(seq).start)
        let isUpper = isRound && start >= tail
        let stop = isUpper ? turn : head
        let last = isUpper ? turnEntry : end
        // `start..<stop` was written by `add`, and an entry that is kept means that there is a block.
        let base = unsafe UnsafeRawPointer(block.unsafelyUnwrapped) + start
        if stop &- start <= limit {
            return unsafe (UnsafeRawBufferPointer(start: base, count: stop &- start), last)
        }
        let cut = cut(of: seq..<last, at: limit)
        let end = max(cut.entry, seq + 1)
        let size = end == cut.entry ? cut.offset : Int(mark(seq).size)
        return unsafe (UnsafeRawBufferPointer(start: base, count: size), end)
    }

    /// The entry of a stretch that the byte at `offset` belongs to, where that entry begins in the stretch, and
    /// its size. `offset` lies within the stretch.
    func cut(of stretch: Range<UInt64>, at offset: Int) -> (entry: UInt64, offset: Int, size: Int) {
        let origin = Int(mark(stretch.lowerBound).start)
        var low = stretch.lowerBound
        var high = stretch.upperBound
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if Int(mark(middle).start) - origin <= offset { low = middle } else { high = middle }
        }
        let found = mark(low)
        return (low, Int(found.start) - origin, Int(found.size))
    }

    /// How many bytes were spoken before entry `seq`, which is kept or the next one.
    func spoken(before seq: UInt64) -> UInt64 { seq < end ? mark(seq).spoken : spoken }

    /// The first entry before which, or within which, `count` bytes were spoken; `end` when that is all of them.
    /// No fewer were spoken before the oldest.
    func entry(afterSpoken count: UInt64) -> UInt64 {
        var low = first
        var high = end
        while low < high {
            let middle = low + (high - low) / 2
            if spoken(before: middle) < count { low = middle + 1 } else { high = middle }
        }
        // The one before may end behind it.
        return low > first && spoken(before: low) > count ? low - 1 : low
    }

    /// The slot of an entry that is kept was written by `add`.
    @inline(__always)
    private func mark(_ seq: UInt64) -> Mark {
        unsafe marks.unsafelyUnwrapped[Int(truncatingIfNeeded: seq & markMask)]
    }
}
