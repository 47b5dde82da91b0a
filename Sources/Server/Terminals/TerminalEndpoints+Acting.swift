import JSONCoding
import Loop
import Sessions
import Synchronization
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
        let isTaken = try await perform(call) { (terminal, loop) throws(TerminalError) in
            try terminal.type(Array(text.utf8), on: loop)
        }
        guard isTaken else {
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

    /// Does it as one who types and is not attached: where there is one who types, it is nobody else. The audit trail
    /// has it once of everybody.
    private func perform<Answer: Sendable>(
        _ call: Call,
        _ deed: @escaping @Sendable (Terminal, isolated EventLoop) throws(TerminalError) -> Answer
    ) async throws(HTTPError) -> Answer {
        let asker = TerminalActors.Asker(call)
        let (record, (answer, isFirst)) = try await whileRunning(call) {
            [actors] (terminal, info, loop) throws(HTTPError) -> (Answer, Bool) in
            if info.writers > 0, info.record.takeover != .share {
                throw HTTPError(.conflict, "Somebody types there already, and only one may.")
            }
            do throws(TerminalError) {
                let answer = try deed(terminal, loop)
                return (answer, actors.note(asker, on: info.record.id))
            } catch {
                throw HTTPError(error)
            }
        }
        if isFirst { note(.terminalUsed, record, "used by requests", by: call) }
        return answer
    }

    /// Does something where the terminal of the path lives, in one step with looking whether it runs.
    func whileRunning<Answer: Sendable>(
        _ call: Call,
        _ deed:
            @escaping @Sendable (Terminal, TerminalInfo, isolated EventLoop) throws(HTTPError) -> Answer
    ) async throws(HTTPError) -> (TerminalRecord, Answer) {
        let (id, found) = try await find(call)
        let terminal = try await Self.heed { () throws(TerminalError) in try terminals.terminal(id) }
        let result: Result<Answer, HTTPError> = await terminal.run { terminal, loop in
            let info = terminal.info(on: loop)
            guard info.state == .running else { return .failure(HTTPError(TerminalError.over)) }
            do throws(HTTPError) { return .success(try deed(terminal, info, loop)) } catch {
                return .failure(error)
            }
        }
        return (found.record, try result.get())
    }
}
