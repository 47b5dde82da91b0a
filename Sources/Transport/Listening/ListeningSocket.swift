import CLinux
import Glibc
import Loop

/// Binds and listens. A TCP port can be listened to once for each loop; the kernel spreads the connections.
enum ListeningSocket {
    static let backlog: CInt = 4096

    /// The first socket of an address. Refused when another program listens there: sharing a port, which the
    /// sockets of our own loops must, would let both believe that it is theirs alone.
    /// - Parameter mode: who may connect to a Unix socket, as the mode of its file.
    static func openFirst(_ address: SocketAddress, mode: UInt32) throws(SystemError) -> Descriptor {
        if address.family != .unix, address.port != 0 {
            try bind(to: address, sharing: false).close()
        }
        return try open(address, mode: mode)
    }

    static func open(_ address: SocketAddress, mode: UInt32? = nil) throws(SystemError) -> Descriptor {
        let descriptor = try bind(to: address, sharing: true)
        do throws(SystemError) {
            // Before it listens: until then nobody can connect.
            if let mode, let path = address.path, unsafe chmod(path, mode) != 0 {
                throw SystemError("chmod \(path)")
            }
            guard listen(descriptor.raw, backlog) == 0 else { throw SystemError("listen \(address)") }
        } catch {
            descriptor.close()
            throw error
        }
        return descriptor
    }

    private static func bind(to address: SocketAddress, sharing: Bool) throws(SystemError) -> Descriptor {
        let family = address.family
        let domain = family == .ipv4 ? AF_INET : family == .ipv6 ? AF_INET6 : AF_UNIX
        let raw = socket(
            domain, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError("socket") }
        let descriptor = Descriptor(owning: raw)
        do throws(SystemError) {
            if family == .unix {
                try SocketFile.clear(address)
            } else {
                try set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
                if sharing { try set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
                // An IPv6 address says only what it says; 0.0.0.0 is listened to by its own line.
                if family == .ipv6 { try set(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
            }
            let bound = unsafe address.withSockaddr { unsafe Glibc.bind(descriptor.raw, $0, $1) }
            guard bound == 0 else { throw SystemError("bind \(address)") }
        } catch {
            descriptor.close()
            throw error
        }
        return descriptor
    }

    /// The address as bound, with the port that the kernel chose for port 0.
    static func address(of descriptor: borrowing Descriptor) -> SocketAddress {
        unsafe SocketAddress { address, length in unsafe _ = getsockname(descriptor.raw, address, length) }
    }

    /// A new connection, which the caller owns, and who it is from.
    static func accept(_ listening: borrowing Descriptor) throws(SystemError) -> (CInt, SocketAddress) {
        var raw: CInt = -1
        let number = listening.raw
        let peer = unsafe SocketAddress { address, length in raw = unsafe hf_accept(number, address, length) }
        guard raw >= 0 else { throw SystemError("accept") }
        return (raw, peer)
    }

    static func duplicate(_ original: CInt) throws(SystemError) -> Descriptor {
        let raw = fcntl(original, F_DUPFD_CLOEXEC, 0)
        guard raw >= 0 else { throw SystemError("dup") }
        return Descriptor(owning: raw)
    }

    static func set(
        _ descriptor: borrowing Descriptor, _ level: CInt, _ option: CInt, _ value: CInt
    ) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe setsockopt(descriptor.raw, level, option, &value, size) == 0 else {
            throw SystemError("setsockopt")
        }
    }
}
