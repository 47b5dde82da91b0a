import Loop
import Sessions

extension Following {
    /// A token made for it is renewed when it ends, and is soon worthless when the program is killed.
    private static let tokenLifetime = Duration.seconds(3600)

    /// Follows with a token, for as long as that takes: `body` goes on until an ending, and is called again where it was
    /// only that of a token of our own. What it follows is stopped afterwards.
    static func follow(
        _ plan: FollowingPlan, by access: ServerAccess, _ here: ClientLoop,
        _ body: (LoopBound<Following>) async throws(Failure) -> Ending?
    ) async throws(Failure) -> Ending? {
        let following = LoopBound(Following(plan, by: here.dialler), to: here.loop)
        let end: Result<Ending?, Failure>
        do throws(Failure) {
            end = .success(try await again(following, access, body))
        } catch {
            end = .failure(error)
        }
        await following.run { following, loop in following.stop(on: loop) }
        return try end.get()
    }

    private static func again(
        _ following: LoopBound<Following>, _ access: ServerAccess,
        _ body: (LoopBound<Following>) async throws(Failure) -> Ending?
    ) async throws(Failure) -> Ending? {
        while true {
            let end = try await access.withToken(for: tokenLifetime) { token throws(Failure) in
                await following.run { following, _ in following.headers = ServerAccess.headers(token) }
                return try await body(following)
            }
            // A token of our own has ended, not the right behind it.
            if case .made = access.right, end?.reason == .signedOut { continue }
            return end
        }
    }
}
