import CLinux
import Glibc
package import Loop

/// Finds the addresses of a machine by its name, on threads that may block.
package struct Resolver: Sendable {
    private let offload: Offload?

    /// - Parameter offload: where names are looked up; without it only numbers and `localhost` are known.
    package init(_ offload: Offload? = nil) { self.offload = offload }

    /// All addresses, in the order in which they should be tried; never none.
    func addresses(
        of url: URLAddress, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> [SocketAddress] {
        if let numeric = SocketAddress(host: url.writtenHost, port: url.port) { return [numeric] }
        if url.host.lowercased() == "localhost" {
            return ["127.0.0.1", "[::1]"].compactMap { SocketAddress(host: $0, port: url.port) }
        }
        guard let offload else { throw .unresolved(host: url.host, "names are not looked up here") }
        let (host, port) = (url.host, url.port)
        let found: Result<[SocketAddress], Failure>
        do {
            found = try await offload.run(until: deadline, on: loop) { Self.lookUp(host, port) }
        } catch OffloadError.expired {
            throw .expired("the address of \(host) was found")
        } catch OffloadError.cancelled {
            throw .cancelled
        } catch {
            throw .unresolved(host: host, "too many names are being looked up")
        }
        switch found {
        case .success(let addresses): return addresses
        case .failure(let failure): throw .unresolved(host: host, failure.reason)
        }
    }

    private struct Failure: Error {
        let reason: String
    }

    private static func lookUp(_ host: String, _ port: UInt16) -> Result<[SocketAddress], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            return .failure(Failure(reason: unsafe String(cString: gai_strerror(code))))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next?.pointee {
            // The list's entries are whole addresses, and every address fits in what is being filled.
            let address = unsafe SocketAddress { target, length in
                unsafe memcpy(target, entry.ai_addr, Int(entry.ai_addrlen))
                unsafe length.pointee = entry.ai_addrlen
            }
            addresses.append(address)
            unsafe next = entry.ai_next
        }
        return addresses.isEmpty ? .failure(Failure(reason: "it has none")) : .success(addresses)
    }
}
