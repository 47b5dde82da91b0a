import CLinux
import Glibc
package import Loop

/// What a program holds at one moment, to be compared, exactly, with what it held before.
package struct LeakCheck: Equatable, Sendable, CustomStringConvertible {
    /// Open descriptors, in all or of one port.
    package let descriptors: Int
    package let threads: Int
    package let children: Int
    package let loops: [LoopHoldings]

    /// Everything that the process holds.
    package static func process(_ loops: [EventLoop] = []) async -> LeakCheck {
        LeakCheck(
            descriptors: entries("/proc/self/fd").count, threads: entries("/proc/self/task").count,
            children: childCount(), loops: await holdings(loops))
    }

    /// What belongs to the connections of one TCP port: of use where other tests run in the same process.
    package static func port(_ port: UInt16, _ loops: [EventLoop]) async -> LeakCheck {
        let sockets = entries("/proc/self/fd").compactMap { CInt($0) }.filter { isSocket($0, of: port) }
        return LeakCheck(descriptors: sockets.count, threads: 0, children: 0, loops: await holdings(loops))
    }

    /// Looks until what `look` sees equals `baseline`; throws what it still saw at the end of `patience`.
    package static func settled(
        to baseline: LeakCheck, within patience: Duration = .seconds(10),
        _ look: () async -> LeakCheck
    ) async throws {
        let clock = SystemClock()
        let deadline = clock.now + patience
        var seen = await look()
        while seen != baseline {
            guard clock.now < deadline else {
                throw TestFailure("settled to \(seen), but there were \(baseline) before")
            }
            // Others give back what they hold at moments that nobody announces.
            try await Task.sleep(for: .milliseconds(2))
            seen = await look()
        }
    }

    package var description: String {
        "\(descriptors) descriptors, \(threads) threads, \(children) children, "
            + loops.map { "\($0.watches) watches and \($0.timers) timers" }.joined(separator: ", ")
    }

    private static func holdings(_ loops: [EventLoop]) async -> [LoopHoldings] {
        var found: [LoopHoldings] = []
        for loop in loops { found.append(await loop.holdings) }
        return found
    }

    private static func childCount() -> Int {
        entries("/proc/self/task").reduce(0) { count, task in
            count + words(of: "/proc/self/task/\(task)/children")
        }
    }

    private static func words(of path: String) -> Int {
        guard let file = unsafe fopen(path, "re") else { return 0 }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return bytes.prefix(count).split(separator: UInt8(ascii: " ")).count
    }

    /// Whether the descriptor is a TCP socket with this port at either end.
    private static func isSocket(_ raw: CInt, of port: UInt16) -> Bool {
        unsafe [getsockname, getpeername].contains { ask in
            var address = sockaddr_in6()
            var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                // sockaddr is the common head of every address, and the port stands at one place in both kinds.
                let head = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
                return unsafe ask(raw, head, &size)
            }
            let family = CInt(address.sin6_family)
            return code == 0 && (family == AF_INET || family == AF_INET6)
                && UInt16(bigEndian: address.sin6_port) == port
        }
    }

    /// The names in a folder, without the descriptor that reads it.
    private static func entries(_ folder: String) -> [String] {
        guard let entries = unsafe opendir(folder) else { return [] }
        let own = unsafe String(dirfd(entries))
        var names: [String] = []
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != "..", name != own || !folder.hasSuffix("/fd") { names.append(name) }
        }
        unsafe closedir(entries)
        return names
    }
}
