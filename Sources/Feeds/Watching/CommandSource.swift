import Glibc
package import Loop

/// A command whose standard output is the value, where it exits with 0. Each look is a run of it, as the server's
/// user, in the folder that the server was started in, with nothing of the server's environment but what says who and
/// where one is.
package struct CommandSource: WatchedSource {
    private let words: [String]
    private let limit: Int
    private let environment: [String: String]

    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - limit: more output than this, in bytes, is refused.
    package init(_ words: [String], limit: Int, for feed: FeedName) {
        self.words = words
        self.limit = limit
        environment = Self.environment.merging(["HOLDFAST_FEED": feed.text]) { $1 }
    }

    package func look(until deadline: Instant, on loop: isolated EventLoop) async throws -> SourceValue? {
        let outcome = try await CommandRun.perform(
            words, environment: environment, limit: limit, until: deadline, on: loop)
        guard outcome.exit == .exited(status: 0) else { throw SourceError(outcome.failure) }
        return .any(outcome.output)
    }

    /// What a command is told of the server's environment: no secret that was given to the server.
    package static let environment: [String: String] = {
        var environment: [String: String] = [:]
        for name in [
            "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
        ] {
            // The environment is not changed while the server runs.
            if let value = unsafe getenv(name) { environment[name] = unsafe String(cString: value) }
        }
        return environment
    }()
}

extension CommandRun.Outcome {
    /// How it failed, with the first line of what it said about that.
    package var failure: String {
        let ending =
            switch exit {
            case .exited(let status): "it exited with \(status)"
            case .signalled(let signal, _): "it was ended by signal \(signal)"
            }
        let line = complaint.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
        return ending + line
    }
}
