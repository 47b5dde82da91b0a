import Glibc
import Loop

/// The file of a Unix socket that this server made, and that goes when the server stops listening.
struct SocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let number: ino_t

    /// The file of `address`, which was just bound; nil where that is no Unix socket.
    init?(of address: SocketAddress) {
        guard let path = address.path, let status = Self.status(of: path) else { return nil }
        self.path = path
        device = status.st_dev
        number = status.st_ino
    }

    /// Removes it, unless somebody has put another in its place.
    func remove() {
        guard let status = Self.status(of: path), status.st_dev == device, status.st_ino == number else {
            return
        }
        unsafe _ = unlink(path)
    }

    /// Makes room for `address`: a socket that a server which died left behind is removed. One that is answered is
    /// somebody's and is left, and binding is refused; what is no socket is nobody's to remove.
    static func clear(_ address: SocketAddress) throws(SystemError) {
        guard let path = address.path, let status = status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError("bind \(address), which is no socket and is left as it is", code: EADDRINUSE)
        }
        // Not blocking: a living server whose queue is full would hold the probe up.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let probe = socket(AF_UNIX, kind, 0)
        guard probe >= 0 else { throw SystemError("socket") }
        defer { close(probe) }
        let isRefused =
            unsafe address.withSockaddr { unsafe connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        if isRefused { unsafe _ = unlink(path) }
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }
}
