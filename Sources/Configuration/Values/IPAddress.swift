import Glibc

/// An IPv4 or IPv6 address, as its 4 or 16 bytes in network order.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    package static let loopback = IPAddress(bytes: [127, 0, 0, 1])

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// An IPv4 address that is written as an IPv6 one, `::ffff:192.0.2.1`, as itself; any other as it is.
    package var unmapped: IPAddress {
        let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return isV6 && bytes.starts(with: prefix) ? IPAddress(bytes: Array(bytes.suffix(4))) : self
    }

    /// The address of an IPv6 network: its first 64 bits, and zeros. An IPv4 address is its own.
    package var network64: IPAddress {
        isV6 ? IPAddress(bytes: bytes.prefix(8) + [UInt8](repeating: 0, count: 8)) : self
    }

    package init?(_ text: some StringProtocol) {
        for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: length)
            // `bytes` has the size that the family asks for.
            let read = unsafe String(text).withCString { text in
                unsafe bytes.withUnsafeMutableBytes { unsafe inet_pton(family, text, $0.baseAddress) }
            }
            if read == 1, !text.utf8.contains(0) {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    package var isV6: Bool { bytes.count == 16 }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        isV6 ? bytes == [UInt8](repeating: 0, count: 15) + [1] : bytes[0] == 127
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // `text` has room for the longest address and its end.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe text.withUnsafeMutableBufferPointer { text in
                _ = unsafe inet_ntop(
                    isV6 ? AF_INET6 : AF_INET, bytes.baseAddress, text.baseAddress, socklen_t(text.count))
            }
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
