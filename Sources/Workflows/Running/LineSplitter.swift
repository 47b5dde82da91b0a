import CBytes
import Glibc
import Wire

/// Makes lines of what comes through a pipe, however it is cut into reads.
///
/// A line ends at `\n`, before which a `\r` goes. One that is longer than the limit comes in pieces, none of them ending
/// within a character or showing a part of a secret. Bytes that are not UTF-8 become U+FFFD, one for each maximal bad
/// sequence; everything else, NUL included, stays as it is. A whole line of ASCII is lent without a copy.
/// Belongs to the loop of the pipe; whoever takes a line does not call it.
package final class LineSplitter {
    private let limit: Int
    private let mask: SecretMask
    /// The beginning of a line whose end has not come; never longer than the limit, the longest secret and one read.
    private var pending: [UInt8] = []
    private var isContinuation = false
    /// So many of the next bytes belong to a secret that is shown as masked already.
    private var hidden = 0

    package init(limit: Int = TaskEvent.longestText, mask: SecretMask = SecretMask()) {
        self.limit = limit
        self.mask = mask
    }

    /// What must be seen beyond the limit before a line may be cut: whether a secret begins before it, and whether
    /// a `\r` there is the last byte.
    private var slack: Int { mask.longest + 1 }

    package func accept(_ bytes: UnsafeRawBufferPointer, _ take: (OutputLine) -> Void) {
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { return }
        let isASCII = unsafe hf_not_ascii(base, bytes.count) == 0
        let secrets = mask.count
        let isClean = unsafe isASCII && !(mask.occurs(in: bytes))
        var start = 0
        if !pending.isEmpty {
            let end = unsafe Self.newline(in: bytes, from: 0)
            unsafe keep(UnsafeRawBufferPointer(rebasing: bytes[..<(end ?? bytes.count)]), take)
            guard let end else { return }
            finish(take)
            start = end + 1
        }
        while let end = unsafe Self.newline(in: bytes, from: start) {
            let line = unsafe Self.withoutReturn(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            // Whoever took the line before may have named another secret.
            if isClean, line.count <= limit, mask.count == secrets {
                unsafe take(OutputLine(line))
            } else {
                unsafe _ = emit(line, isComplete: true, take)
            }
            start = end + 1
        }
        if start < bytes.count { unsafe keep(UnsafeRawBufferPointer(rebasing: bytes[start...]), take) }
    }

    /// The pipe has ended: what there is of a last line is one.
    package func finish(_ take: (OutputLine) -> Void) {
        guard !pending.isEmpty || isContinuation else { return }
        unsafe pending.withUnsafeBytes { unsafe _ = emit(Self.withoutReturn($0), isComplete: true, take) }
        pending.removeAll(keepingCapacity: true)
    }

    // MARK: Long lines

    private func keep(_ bytes: UnsafeRawBufferPointer, _ take: (OutputLine) -> Void) {
        unsafe pending.append(contentsOf: bytes)
        guard pending.count > limit + slack else { return }
        let used = unsafe pending.withUnsafeBytes { unsafe emit($0, isComplete: false, take) }
        pending.removeFirst(used)
    }

    /// Hands on what of a line can be said of it now; how much that was.
    private func emit(
        _ line: UnsafeRawBufferPointer, isComplete: Bool, _ take: (OutputLine) -> Void
    ) -> Int {
        var used = 0
        while line.count - used > (isComplete ? limit : limit + slack) {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: line[used...])
            let length = unsafe Self.cut(rest, limit)
            unsafe emit(rest, length, isCut: true, take)
            isContinuation = true
            used += length
        }
        guard isComplete else { return used }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: line[used...])
        unsafe emit(rest, rest.count, isCut: false, take)
        isContinuation = false
        hidden = 0
        return line.count
    }

    /// Hands on the first `length` bytes of `rest`, without the secrets that begin in them.
    private func emit(
        _ rest: UnsafeRawBufferPointer, _ length: Int, isCut: Bool, _ take: (OutputLine) -> Void
    ) {
        let visible = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(length + mask.longest))
        let secrets = unsafe mask.ranges(in: visible).filter { $0.lowerBound < length }
        guard hidden > 0 || !secrets.isEmpty else {
            return unsafe deliver(UnsafeRawBufferPointer(rebasing: rest.prefix(length)), isCut: isCut, take)
        }
        var shown: [UInt8] = []
        // Up to here everything is shown or hidden.
        var reached = hidden
        for secret in secrets {
            if secret.lowerBound >= reached {
                unsafe shown.append(contentsOf: rest[reached..<secret.lowerBound])
                shown.append(contentsOf: SecretPatterns.shown)
            }
            reached = max(reached, secret.upperBound)
        }
        if reached < length { unsafe shown.append(contentsOf: rest[reached..<length]) }
        hidden = max(0, reached - length)
        unsafe shown.withUnsafeBytes { unsafe deliver($0, isCut: isCut, take) }
    }

    // MARK: Characters

    private func deliver(_ text: UnsafeRawBufferPointer, isCut: Bool, _ take: (OutputLine) -> Void) {
        if unsafe UTF8Validator.isValid(text) {
            unsafe take(OutputLine(text, isCut: isCut, isContinuation: isContinuation))
            return
        }
        var mended = unsafe String(decoding: text, as: UTF8.self)
        mended.withUTF8 { mended in
            // Three bytes may have come for one.
            var rest = UnsafeRawBufferPointer(mended)
            while rest.count > limit {
                let length = unsafe Self.cut(rest, limit)
                let piece = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(length))
                unsafe take(OutputLine(piece, isCut: true, isContinuation: isContinuation))
                isContinuation = true
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
            }
            unsafe take(OutputLine(rest, isCut: isCut, isContinuation: isContinuation))
        }
    }

    /// Where to cut what is longer than `limit`, so that no character is parted.
    private static func cut(_ text: UnsafeRawBufferPointer, _ limit: Int) -> Int {
        var length = limit
        while length > limit - 4, length > 1, unsafe text[length] & 0xC0 == 0x80 { length -= 1 }
        // Four in a row belong to no character.
        return unsafe text[length] & 0xC0 == 0x80 ? limit : length
    }

    private static func withoutReturn(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        unsafe line.last == UInt8(ascii: "\r") ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    }

    @inline(__always)
    private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        // It looks at the `count - start` bytes there are.
        guard let found = unsafe memchr(base + start, CInt(UInt8(ascii: "\n")), bytes.count - start) else {
            return nil
        }
        return unsafe UnsafeRawPointer(found) - base
    }
}
