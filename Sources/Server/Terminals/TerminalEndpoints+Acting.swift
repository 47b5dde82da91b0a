import Sessions
import Synchronization
import JSONCoding
import Loop
import Terminals
import Transport
import Wire

/// What can be done with a terminal without being attached to it.
extension TerminalEndpoints {
    var acting: [Route] {
        [
            Route(
                .post, "/api/v1/terminals/{id}/resize", "Give a terminal another size",
                access: .atLeast(.operators),
                documentation: TerminalDocumentation.resizing
            ) { call, loop async throws(HTTPError) in
                let wish = try await call.decode(TerminalMessages.Size.self, on: loop)
                let size = try TerminalMessages.size(wish.cols.value, wish.rows.value)
                return try await act(call) { terminal, loop in terminal.resize(to: size, on: loop) }
            },
            Route(
                .post, "/api/v1/terminals/{id}/signal", "Signal what runs in the foreground",
                access: .atLeast(.operators), documentation: TerminalDocumentation.signalling
            ) { call, loop async throws(HTTPError) in
                let name = try await call.decode(TerminalMessages.Signal.self, on: loop).signal
                return try await act(call) { (terminal, loop) throws(TerminalError) in
                    try terminal.signal(String(name.prefix(20)), on: loop)
                }
            },
            Route(
                .post, "/api/v1/terminals/{id}/input", "Type into a terminal", access: .atLeast(.operators),
                documentation: TerminalDocumentation.typing
            ) { call, loop async throws(HTTPError) in try await type(call, on: loop) },
            Route(
                .post, "/api/v1/terminals/{id}/extend", "Begin a terminal's idle time anew",
                access: .atLeast(.operators), documentation: TerminalDocumentation.extending
            ) { call, loop async throws(HTTPError) in
                try await act(call) { terminal, loop in terminal.extend(on: loop) }
            },
        ]
    }

    private func type(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let text = try await call.decode(TerminalMessages.Input.self, on: loop).text
        let hasRoom = try await perform(call) { (terminal, loop) throws(TerminalError) in
            guard terminal.hasInputRoom else { return false }
            terminal.type(Array(text.utf8), on: loop)
            return true
        }
        guard hasRoom else {
            throw HTTPError(
                .tooManyRequests, "The program does not read what was typed before; try again later.")
        }
        figures.typed.add(text.utf8.count, ordering: .relaxed)
        return Response(.noContent)
    }

    private func act(
        _ call: Call, _ deed: @escaping @Sendable (Terminal, isolated EventLoop) throws(TerminalError) -> Void
    ) async throws(HTTPError) -> Response {
        try await perform(call, deed)
        return try await answer(try call.parameter("id", as: TerminalID.self))
    }

    /// Does it where the terminal lives, unless that is over.
    private func perform<Answer: Sendable>(
        _ call: Call,
        _ deed: @escaping @Sendable (Terminal, isolated EventLoop) throws(TerminalError) -> Answer
    ) async throws(HTTPError) -> Answer {
        let (id, info) = try await find(call)
        guard info.state == .running else { throw HTTPError(TerminalError.over) }
        let terminal = try await Self.heed { () throws(TerminalError) in try terminals.terminal(id) }
        let result: Result<Answer, TerminalError> = await terminal.run { terminal, loop in
            do throws(TerminalError) { return .success(try deed(terminal, loop)) } catch {
                return .failure(error)
            }
        }
        return try await Self.heed { () throws(TerminalError) in try result.get() }
    }
}
