import Configuration
import Loop
import Server
import Transport
import Wire

/// A server, and by which right it is asked.
struct ServerAccess: Sendable {
    enum Right: Sendable {
        case none
        case shown(String)
        /// By a token that is made for the time of the command: whoever may write to the folder may.
        case made(in: String, Role)
    }

    let search: ServerSearch
    let right: Right
    let authorities: String?
    /// How long a token that is made for the command stays good when that has succeeded, since what was asked for lives
    /// by it; nil for no longer than the command.
    var lasting: Duration?

    /// Lends a token for as long as `body` runs, and takes back one that was made for it.
    func withToken<Answer: Sendable>(
        for lifetime: Duration, _ body: (String?) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        switch right {
        case .none: return try await body(nil)
        case .shown(let token): return try await body(token)
        case .made(let folder, let role):
            let made = try await AccountFolder.open(folder) { folder in
                try await folder.accounts.createToken(
                    named: "command line", for: nil, role: role, expires: .after(lasting ?? lifetime))
            }
            let answer: Result<Answer, Failure>
            do throws(Failure) {
                answer = .success(try await body(made.secret.text))
            } catch {
                answer = .failure(error)
            }
            if lasting != nil, case .success(let answer) = answer { return answer }
            // One that cannot be taken back now expires soon.
            _ = try? await AccountFolder.open(folder) { try await $0.accounts.revokeTokens(made.token.id) }
            return try answer.get()
        }
    }

    /// What every request carries.
    static func headers(_ token: String?) -> HTTPHeaders {
        var headers: HTTPHeaders = ["User-Agent": "holdfast/\(HoldfastServer.build.version)"]
        if let token { headers.append(.authorization, "Bearer \(token)") }
        return headers
    }
}
