import Glibc

/// A configuration file as it was found: its name, for the errors, and its bytes.
package struct ConfigurationFile: Sendable, Equatable {
    package static let name = "holdfast.yaml"
    package static let variable = "HOLDFAST_CONFIG"

    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// The file that was named, by flag or variable, or the first of the usual ones that exists.
    package static func find(
        named flag: String?, environment: [String: String]
    ) throws(ConfigurationError) -> ConfigurationFile? {
        if let named = flag ?? environment[variable] { return try ConfigurationFile(reading: named) }
        for path in places(environment) {
            if unsafe access(path, F_OK) == 0 { return try ConfigurationFile(reading: path) }
        }
        return nil
    }

    /// Where a file is looked for when none was named.
    package static func places(_ environment: [String: String]) -> [String] {
        let shared = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.config" : nil }
        return [name] + ((shared ?? home).map { ["\($0)/holdfast/\(name)"] } ?? []) + [
            "/etc/holdfast/\(name)"
        ]
    }

    /// Only a regular file is read: a pipe could keep the start waiting for ever.
    package init(reading path: String) throws(ConfigurationError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failed(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failed(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "is not a regular file")
        }
        // One byte more than is allowed tells a file that is too large from one that is as large as can be.
        let most = YAMLLimits().bytes + 1
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < most {
            // `chunk` has the size that is asked for.
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failed(path) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        self.init(path: path, bytes: bytes)
    }

    private static func failed(_ path: String) -> ConfigurationError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return .unreadable(file: path, reason: reason)
    }

    func fields(noting mistakes: Mistakes) -> YAMLFields? {
        guard let node = YAMLNode.read(bytes, file: path, noting: mistakes) else { return nil }
        return YAMLFields(node, at: "", of: path, noting: mistakes)
    }
}
