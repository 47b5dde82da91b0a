import Configuration
import Glibc
import Loop
import Sessions
import Wire

/// As whom something runs.
extension TerminalLauncher {
    /// For what may ask other machines, as looking up a user does.
    private static let patience = Duration.seconds(10)

    /// Whom the template names; or, where the server may choose, who has the name of the account that asks (`isOfAccount`);
    /// or else who the server is. Never root, unless the configuration says so.
    func user(
        of template: TerminalTemplates.Template?, for caller: Caller, on loop: isolated EventLoop
    ) async throws(HTTPError) -> (user: UnixUser, isOfAccount: Bool) {
        let (fixed, account) = (template?.user, caller.owner?.account ?? "")
        let (user, isOfAccount) = try await ask(on: loop) { () throws(HTTPError) -> (UnixUser, Bool) in
            if let fixed { return (try Self.named(fixed), false) }
            if geteuid() == 0, let own = try Self.find(account) { return (own, true) }
            return ((try? UnixUser.current()) ?? .nameless, false)
        }
        guard user.user != 0 || mayBeRoot(template) else {
            throw Self.rootRefusal(template, lacking: fixed != nil || isOfAccount ? nil : account)
        }
        return (user, isOfAccount)
    }

    private static func find(_ name: String) throws(HTTPError) -> UnixUser? {
        do throws(SystemError) { return try UnixUser.named(name) } catch {
            throw HTTPError(
                .serviceUnavailable, "The system does not say whether there is a Unix user \(name): \(error)."
            )
        }
    }

    private static func named(_ name: String) throws(HTTPError) -> UnixUser {
        guard let found = try find(name) else {
            throw HTTPError(
                .serviceUnavailable, "The template runs as \(name), and there is no such Unix user.")
        }
        guard found.user == geteuid() || geteuid() == 0 else {
            throw HTTPError(
                .serviceUnavailable,
                "The template runs as \(name), which only a server that runs as root can do.")
        }
        return found
    }

    private func mayBeRoot(_ template: TerminalTemplates.Template?) -> Bool {
        template?.allowRoot == true || Self.isBuiltIn(template) && settings.allowRoot
    }

    private static func isBuiltIn(_ template: TerminalTemplates.Template?) -> Bool {
        template == nil || template == .shell
    }

    /// - Parameter account: for whom there is no Unix user.
    private static func rootRefusal(
        _ template: TerminalTemplates.Template?, lacking account: String?
    ) -> HTTPError {
        let what =
            account.map { "There is no Unix user \"\($0)\", so it would run as root" }
            ?? "It would run as root"
        let (first, other) =
            account == nil ? ("", "") : ("add that user, ", ": add that user, or say another by `user`")
        let remedy =
            isBuiltIn(template)
            ? "terminals may not: \(first)define a template with `user`, or set `terminals.allow_root`"
            : "the template does not say `allow_root: true`\(other)"
        return HTTPError(.forbidden, "\(what), and \(remedy).")
    }

    /// Asks the system something that blocks.
    func ask<Answer: Sendable>(
        on loop: isolated EventLoop, _ question: @escaping @Sendable () throws(HTTPError) -> Answer
    ) async throws(HTTPError) -> Answer {
        let answer: Result<Answer, HTTPError>
        do {
            answer = try await offload.run(until: loop.now + Self.patience, on: loop) {
                do throws(HTTPError) { return .success(try question()) } catch { return .failure(error) }
            }
        } catch {
            throw HTTPError(
                .serviceUnavailable, "The system does not say who and what is there; try again later.")
        }
        return try answer.get()
    }
}
