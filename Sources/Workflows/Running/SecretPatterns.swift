import CLinux
import Glibc
import Wire

/// Knows the values that nobody shall read, and shows `***` in their place.
///
/// Each line of a value is one, from four bytes on: what is shorter would be found in every other word. So are its
/// base64, what JSON writes for it, and, where it is a JSON array or object, that in one line without white space.
package struct SecretPatterns: Sendable {
    static let shown = Array("***".utf8)
    static let shortest = 4
    /// Base64 of less says too little and is found too often.
    private static let shortestEncoded = 8
    /// A program that names secrets without end is not listened to for ever.
    private static let most = 8192

    /// Without those that are shorter than `shortest`.
    private var patterns: [[UInt8]] = []
    private var known = Set<[UInt8]>()
    /// How long the longest of them is.
    package private(set) var longest = 0

    package init(_ secrets: some Sequence<String> = []) {
        for secret in secrets { add(secret) }
    }

    package var isEmpty: Bool { patterns.isEmpty }
    var count: Int { patterns.count }

    /// From now on `secret` is not shown. False when there are too many already.
    @discardableResult
    package mutating func add(_ secret: String) -> Bool {
        guard count < Self.most else { return false }
        let lines = secret.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        for line in lines where line.count >= Self.shortest {
            guard count < Self.most else { return false }
            noteText(Array(line))
        }
        let whole = Array(secret.utf8)
        if let document = Self.document(whole) { noteText(document) }
        if whole.count >= Self.shortestEncoded { for form in Base64.forms(of: whole) { note(form) } }
        return true
    }

    /// An array or object as a JSON document has it that it is a part of, however either is laid out.
    private static func document(_ secret: [UInt8]) -> [UInt8]? {
        var json = secret
        do throws(JSONError) { try JSONValidator.minify(&json) } catch { return nil }
        guard let first = json.first, "{[".utf8.contains(first), json.count >= shortest else { return nil }
        return plain(json)
    }

    /// As it stands, and as it stands in a text of JSON.
    private mutating func noteText(_ text: [UInt8]) {
        note(text)
        note(Array(JSONText.quoted(String(decoding: text, as: UTF8.self)).utf8.dropFirst().dropLast()))
    }

    private mutating func note(_ pattern: [UInt8]) {
        guard known.insert(pattern).inserted else { return }
        patterns.append(pattern)
        longest = max(longest, pattern.count)
    }

    func occurs(in bytes: UnsafeRawBufferPointer) -> Bool {
        patterns.contains { unsafe Self.find($0, in: bytes, from: 0) != nil }
    }

    /// Where secrets stand, in order; those that overlap are one.
    func ranges(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for pattern in patterns {
            var start = 0
            while let place = unsafe Self.find(pattern, in: bytes, from: start) {
                found.append(place..<(place + pattern.count))
                start = place + 1
            }
        }
        guard found.count > 1 else { return found }
        found.sort { $0.lowerBound < $1.lowerBound }
        var merged: [Range<Int>] = []
        for range in found {
            if let last = merged.last, range.lowerBound < last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// `text` as it may be shown.
    package func masked(_ text: String) -> String {
        guard !isEmpty else { return text }
        var text = text
        let shown = text.withUTF8 { unsafe masked(UnsafeRawBufferPointer($0)) }
        return shown.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    func masked(bytes: [UInt8]) -> [UInt8] { unsafe bytes.withUnsafeBytes { unsafe masked($0) } ?? bytes }

    /// Nil where there is nothing to hide.
    private func masked(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        let secrets = unsafe ranges(in: bytes)
        guard !secrets.isEmpty else { return nil }
        var shown: [UInt8] = []
        var reached = 0
        for secret in secrets {
            unsafe shown.append(contentsOf: bytes[reached..<secret.lowerBound])
            shown += Self.shown
            reached = secret.upperBound
        }
        unsafe shown.append(contentsOf: bytes[reached...])
        return shown
    }

    private static func find(
        _ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress, start + pattern.count <= bytes.count else { return nil }
        // It looks at the `count - start` bytes there are.
        let place = unsafe hf_find_bytes(base + start, bytes.count - start, pattern, pattern.count)
        return place < 0 ? nil : start + Int(place)
    }
}
