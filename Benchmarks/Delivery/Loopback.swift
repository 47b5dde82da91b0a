import Glibc
import Loop

/// 127.0.0.1, as the C library wants it.
enum Loopback {
    static func connect(_ raw: CInt, port: UInt16) -> Bool {
        unsafe withAddress(port) { unsafe Glibc.connect(raw, $0, $1) } == 0
    }

    static func isListened(to port: UInt16) -> Bool {
        guard let raw = try? makeSocket() else { return false }
        defer { close(raw) }
        return connect(raw, port: port)
    }

    static func makeSocket() throws(SystemError) -> CInt {
        let raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError("socket") }
        return raw
    }

    /// A port to which nobody listens.
    static func freePort() throws -> UInt16 {
        let raw = try makeSocket()
        defer { close(raw) }
        guard unsafe withAddress(0, { unsafe bind(raw, $0, $1) }) == 0 else { throw SystemError("bind") }
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
            unsafe getsockname(
                raw, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &size)
        }
        guard status == 0 else { throw SystemError("getsockname") }
        return UInt16(bigEndian: bound.sin_port)
    }

    private static func withAddress(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            // A sockaddr_in begins as every sockaddr does.
            unsafe body(
                UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
