import Loop
import Testing

/// A loop for one test, on which nothing must be left at the end.
func withLoop(
    _ clock: any LoopClock = SystemClock(), _ body: @Sendable (isolated EventLoop) async throws -> Void
) async throws {
    let group = try LoopGroup(count: 1, clock: clock)
    let baseline = await group.loops[0].holdings
    let result: Result<Void, any Error>
    do {
        try await body(group.loops[0])
        result = .success(())
    } catch {
        result = .failure(error)
    }
    #expect(await group.loops[0].holdings == baseline)
    await group.stop()
    try result.get()
}
