import Configuration
import Glibc
import Loop
import Server
import Wire

/// A password as a person gives it: typed twice without being shown, or on the first line of standard input.
enum NewPassword {
    /// How long standard input may say nothing, where no person sits at it.
    private static let patience = CInt(10_000)
    /// One byte more than the longest is enough to know that it is too long.
    private static let most = Passwords.mostBytes + 1

    /// Nil when standard input is no terminal and is empty.
    static func read(for account: String) throws(Failure) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return try readLine(patience) }
        let first = try ask("Password for \(account): ")
        do throws(HTTPError) { try Passwords.check(first) } catch { throw Failure(error) }
        guard try ask("Once more: ") == first else { throw Failure(.data, "The two are not the same.") }
        return first
    }

    /// The hash that is stored of a password.
    static func hash(_ password: String) throws(Failure) -> String {
        do throws(HTTPError) { return try Passwords.hash(password) } catch { throw Failure(error) }
    }

    private static func ask(_ question: String) throws(Failure) -> String {
        var shown = termios()
        unsafe tcgetattr(STDIN_FILENO, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // A signal that ends the program while nothing is shown would leave the terminal that way.
        var signals = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGHUP] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, &before)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        write(question)
        defer { write("\n") }
        return try readLine(-1) ?? ""
    }

    private static func write(_ text: String) {
        unsafe _ = Glibc.write(STDERR_FILENO, text, text.utf8.count)
    }

    private static func readLine(_ patience: CInt) throws(Failure) -> String? {
        var bytes: [UInt8] = []
        while bytes.count <= most {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&input, 1, patience)
            if ready < 0, errno == EINTR { continue }
            guard ready != 0 else {
                throw Failure(
                    .timeout,
                    "No password came on standard input within \(patience / 1000) s. Give it there, or none by "
                        + "--no-password.")
            }
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(SystemError("read")) }
            if count == 0, bytes.isEmpty { return nil }
            if count == 0 || byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.data, "The password is not UTF-8.")
        }
        return text
    }
}
