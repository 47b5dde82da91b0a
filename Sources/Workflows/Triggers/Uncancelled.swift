/// Runs `body` to its end although the calling task may be cancelled meanwhile: for steps of which the first must not
/// stay without the second. Whoever calls waits for it, so `body` has deadlines of its own.
func uncancelled<Answer: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Answer
) async throws(Failure) -> Answer {
    let task = Task { () async -> Result<Answer, Failure> in
        do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
    }
    return try await task.value.get()
}
