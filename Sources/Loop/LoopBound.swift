/// A value that lives on one loop: held from anywhere, opened only there.
package struct LoopBound<Value>: @unchecked Sendable {
    // @unchecked: `open` and `run` give the value to code of its own loop alone.
    package let loop: EventLoop
    private let value: Value

    package init(_ value: sending Value, to loop: EventLoop) {
        self.value = value
        self.loop = loop
    }

    /// Binds what lives on `loop` already.
    package init(_ value: Value, on loop: isolated EventLoop) {
        self.value = value
        self.loop = loop
    }

    package func open(on loop: isolated EventLoop) -> Value {
        precondition(loop === self.loop, "opened on another loop than its own")
        return value
    }

    /// Runs `body` with the value on its loop.
    package func run<Result: Sendable>(
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
