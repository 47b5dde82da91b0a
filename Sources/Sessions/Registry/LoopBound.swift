import Loop

/// A value that lives on one loop, in a box that may be sent anywhere and opened on that loop only.
struct LoopBound<Value>: @unchecked Sendable {
    // @unchecked: the value is reached only through functions isolated to its loop.
    let loop: EventLoop
    private let value: Value

    init(_ value: sending Value, to loop: EventLoop) {
        self.value = value
        self.loop = loop
    }

    func value(on loop: isolated EventLoop) -> Value {
        precondition(loop === self.loop, "this belongs to another loop")
        return value
    }

    /// Runs `body` with the value on its loop.
    func run<Result: Sendable>(
        _ body: @Sendable (Value, isolated EventLoop) async -> Result
    ) async -> Result {
        await run(on: loop, body)
    }

    private func run<Result: Sendable>(
        on loop: isolated EventLoop, _ body: @Sendable (Value, isolated EventLoop) async -> Result
    ) async -> Result {
        await body(value, loop)
    }
}
