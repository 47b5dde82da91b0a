import Feeds
import Loop
import Transport
import Wire

/// A GET of an address, which is well when it is answered with 2xx.
struct WebProbe: HealthProbe {
    private static let mostBody = 1 << 20
    private let url: URLAddress
    private let dialler: Dialler

    init(_ address: String, through web: WebAccess) throws {
        url = try URLAddress(address)
        dialler = try web.dialler(for: url)
    }

    func probe(until deadline: Instant, on loop: isolated EventLoop) async throws -> String {
        let (status, _) = try await WebSource.ask(
            url, limit: Self.mostBody, dialler, until: deadline, on: loop)
        guard (200..<300).contains(status.code) else {
            throw SourceError("it answers with \(status.code) \(status.reason)")
        }
        return "It answers with \(status.code)."
    }
}

/// A connection, which is well when it is taken.
struct ConnectionProbe: HealthProbe {
    private let url: URLAddress
    private let dialler: Dialler

    /// - Parameter place: host and port.
    init(_ place: String, through web: WebAccess) throws {
        url = try URLAddress("http://\(place)")
        dialler = try web.dialler(for: url)
    }

    func probe(until deadline: Instant, on loop: isolated EventLoop) async throws -> String {
        try await dialler.connect(to: url, until: deadline, on: loop).close(on: loop)
        return "It takes connections."
    }
}

/// A command, which is well when it exits with 0.
struct CommandProbe: HealthProbe {
    private static let mostOutput = 1 << 20
    let words: [String]

    func probe(until deadline: Instant, on loop: isolated EventLoop) async throws -> String {
        let outcome = try await CommandRun.perform(
            words, environment: CommandSource.environment, limit: Self.mostOutput, until: deadline, on: loop)
        guard outcome.exit == .exited(status: 0) else { throw SourceError(outcome.failure) }
        return "Its command exits with 0."
    }
}
