import Configuration
import Glibc
import Loop
import Workflows

/// Finds a secret where the configuration says that it is. What is wrong is told without any of it.
enum SecretFinder {
    static let shortest = WebhookSource.shortestSecret
    private static let longest = 4096

    static func find(_ place: SecretPlace) throws(Complaint) -> String {
        let secret =
            switch place {
            case .variable(let name): try variable(name)
            case .file(let path): try file(path)
            }
        guard secret.utf8.count >= shortest else {
            throw Complaint("leads to a secret that is too short: it must have at least \(shortest) bytes")
        }
        return secret
    }

    private static func variable(_ name: String) throws(Complaint) -> String {
        // Lent by the C library until somebody changes the environment, which nobody does.
        guard let value = unsafe getenv(name).map({ unsafe String(cString: $0) }) else {
            throw Complaint("names the variable \(name), which the server's environment does not have")
        }
        return value
    }

    private static func file(_ path: String) throws(Complaint) -> String {
        // The path is lent for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Complaint("cannot be read: \(SystemError("open"))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        // As many bytes as the array has.
        let count = unsafe read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw Complaint("cannot be read: \(SystemError("read"))") }
        guard count <= longest else { throw Complaint("has more than \(longest) bytes, so it is no secret") }
        var text = bytes[..<count]
        while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            text.removeLast()
        }
        guard let secret = String(validating: text, as: UTF8.self) else {
            throw Complaint("is no UTF-8, and must be text")
        }
        return secret
    }
}
