import Glibc

/// Bytes that grow at the end, in memory that is given back once. The memory asked for follows what has
/// arrived, never what a peer announced.
@safe struct ByteStore: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private(set) var count = 0
    private(set) var capacity = 0

    deinit { unsafe free(base) }

    /// The bytes held, valid until the next change.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }

    /// Room behind the bytes, at least `size` long, to be filled and then claimed by `advance`.
    mutating func room(_ size: Int) -> UnsafeMutableRawBufferPointer {
        if capacity - count < size { grow(to: count + size) }
        // `grow` left `base` non-nil with at least `count + size` bytes, or `size` is 0 and nothing is touched.
        return unsafe UnsafeMutableRawBufferPointer(
            start: base.map { unsafe $0 + count }, count: capacity - count)
    }

    mutating func advance(_ size: Int) {
        precondition(size >= 0 && size <= capacity - count)
        count += size
    }

    mutating func append(_ source: UnsafeRawBufferPointer) {
        guard source.count > 0 else { return }
        unsafe room(source.count).copyMemory(from: source)
        count += source.count
    }

    mutating func removeLast(_ size: Int) {
        precondition(size >= 0 && size <= count)
        count -= size
    }

    mutating func removeAll() { count = 0 }

    private mutating func grow(to needed: Int) {
        let size = max(needed, min(capacity * 2, capacity + (4 << 20)), 256)
        // `realloc` takes the one block this store owns, or none.
        guard let block = unsafe realloc(base, size) else { fatalError("Out of memory for \(size) bytes") }
        unsafe base = block
        capacity = size
    }
}
