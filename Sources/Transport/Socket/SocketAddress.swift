import CLinux
import Glibc

/// Where a socket listens or connects: an IP address with a port, or the path of a Unix socket.
package struct SocketAddress: Equatable, Sendable, CustomStringConvertible {
    package enum Family: Sendable { case ipv4, ipv6, unix }

    private let storage: sockaddr_storage
    private let length: socklen_t

    private init(storage: sockaddr_storage, length: socklen_t) {
        self.storage = storage
        self.length = length
    }

    /// An address from what a system call filled in.
    init(filling body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Void) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            // sockaddr is the common head of every address that fits in sockaddr_storage.
            unsafe body(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &length)
        }
        self.init(storage: storage, length: length)
    }

    /// `127.0.0.1:8002`, `[::1]:8002` or `unix:/run/holdfast.sock`; nil when it is none of these.
    package init?(parsing text: String) {
        if text.hasPrefix("unix:") {
            self.init(path: String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        self.init(host: String(text[..<colon]), port: port)
    }

    /// A numeric IPv4 address, or a numeric IPv6 address in brackets.
    package init?(host: String, port: UInt16) {
        if host.hasPrefix("["), host.hasSuffix("]") {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            let digits = String(host.dropFirst().dropLast())
            guard unsafe inet_pton(AF_INET6, digits, &address.sin6_addr) == 1 else { return nil }
            self.init(copying: address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
            self.init(copying: address)
        }
    }

    private init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path) - 1
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= capacity, !bytes.contains(0) else { return nil }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        self.init(copying: address)
    }

    private init<Address>(copying address: Address) {
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            unsafe withUnsafeBytes(of: address) { unsafe target.copyMemory(from: $0) }
        }
        self.init(storage: storage, length: socklen_t(MemoryLayout<Address>.size))
    }

    package var family: Family {
        switch CInt(storage.ss_family) {
        case AF_INET6: .ipv6
        case AF_UNIX: .unix
        default: .ipv4
        }
    }

    package var port: UInt16 {
        switch family {
        case .ipv4: UInt16(bigEndian: view(as: sockaddr_in.self).sin_port)
        case .ipv6: UInt16(bigEndian: view(as: sockaddr_in6.self).sin6_port)
        case .unix: 0
        }
    }

    /// The address without its port: what limits and logs count by. A Unix peer has none.
    package var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch family {
        case .ipv4:
            var address = view(as: sockaddr_in.self).sin_addr
            unsafe inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .ipv6:
            var address = view(as: sockaddr_in6.self).sin6_addr
            unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        case .unix:
            return "unix"
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The file of a Unix socket; nil for an IP address or a peer without a name.
    package var path: String? {
        guard family == .unix else { return nil }
        let address = view(as: sockaddr_un.self)
        let bytes = unsafe withUnsafeBytes(of: address.sun_path) { unsafe Array($0.prefix { $0 != 0 }) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    package var isLoopback: Bool {
        switch family {
        case .unix: true
        case .ipv4: UInt32(bigEndian: view(as: sockaddr_in.self).sin_addr.s_addr) >> 24 == 127
        case .ipv6: host == "::1" || host.hasPrefix("::ffff:127.")
        }
    }

    package var description: String {
        switch family {
        case .ipv4: "\(host):\(port)"
        case .ipv6: "[\(host)]:\(port)"
        case .unix: "unix:\(path ?? "")"
        }
    }

    package static func == (left: SocketAddress, right: SocketAddress) -> Bool {
        left.description == right.description
    }

    /// Lends the address in the form that system calls take.
    func withSockaddr<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        unsafe withUnsafePointer(to: storage) { pointer in
            // sockaddr is the common head of every address that fits in sockaddr_storage.
            unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    private func view<Address>(as type: Address.Type) -> Address {
        // The family says which of the plain C structs stands in the storage, and all of them fit.
        unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: type) }
    }
}
