package import Wire

/// Makes the tags that answers are known by.
package enum EntityTag {
    /// Of bytes that are made anew each time: FNV-1a, 64 bits, with the length. Whoever could choose the bytes would
    /// only fool himself.
    package static func of(_ bytes: [UInt8]) -> HTTPEntityTag {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return HTTPEntityTag(String(hash, radix: 36) + "-" + String(bytes.count, radix: 36))
    }
}

extension HTTPEntityTag {
    private static let gzipSuffix = "-gzip"

    /// The tag of the same content compressed: other bytes, and so another tag (RFC 9110 8.8.3.3).
    package var forGzip: HTTPEntityTag { HTTPEntityTag(opaque + Self.gzipSuffix, isWeak: isWeak) }

    /// The tag of the same content as it is, where this is that of its compressed form.
    package var forIdentity: HTTPEntityTag {
        guard opaque.hasSuffix(Self.gzipSuffix) else { return self }
        return HTTPEntityTag(String(opaque.dropLast(Self.gzipSuffix.count)), isWeak: isWeak)
    }

    /// The tag that of the two encodings the request already has, so that a condition made on either holds.
    func known(to request: HTTPRequestHead) -> HTTPEntityTag {
        let isCompressed = [HTTPHeaderName.ifNoneMatch, .ifMatch].contains { name in
            guard case .tags(let tags)? = HTTPEntityTagList(request.headers, name) else { return false }
            return tags.contains { $0.matchesWeakly(forGzip) }
        }
        return isCompressed ? forGzip : self
    }
}
