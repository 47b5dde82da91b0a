import Glibc
import Loop
import TestKit
import Testing
import Wire

/// A server with a workflow `quick` that ends at once and one, `long`, that does not; and with the settings of a test.
final class TriggerGround {
    static let secret = "a secret of the end-to-end tests"

    let folder: TemporaryFolder
    private(set) var server: RunningServer
    private(set) var admin: HTTPHeaders = [:]

    private init(_ folder: TemporaryFolder, _ server: RunningServer) {
        self.folder = folder
        self.server = server
    }

    static func start(configured yaml: String, on loop: isolated EventLoop) async throws -> TriggerGround {
        let folder = try TemporaryFolder()
        let workflows = folder.file("workflows")
        // The path is lent for the call.
        guard unsafe mkdir(workflows, 0o700) == 0 else { throw TestFailure("no folder was made") }
        let inputs = "inputs:\n  branch: {type: string, default: none}\n"
        try write(
            "name: quick\n\(inputs)phases:\n  one: {run: \"true\"}\n", to: "\(workflows)/quick.yaml")
        try write("name: long\nphases:\n  one: {run: sleep 300}\n", to: "\(workflows)/long.yaml")
        try configure(yaml, in: folder)
        let ground = TriggerGround(folder, try await run(in: folder, on: loop))
        ground.admin = try await ground.server.bearer("ci", on: loop)
        return ground
    }

    static func configure(_ yaml: String, in folder: TemporaryFolder) throws {
        try write(
            "tasks:\n  workflows: \(folder.file("workflows"))\n\(yaml)", to: folder.file("holdfast.yaml"))
    }

    private static func run(in folder: TemporaryFolder, on loop: isolated EventLoop) async throws
        -> RunningServer
    {
        try await RunningServer.start(
            in: folder,
            environment: ["HOLDFAST_CONFIG": folder.file("holdfast.yaml"), "TEST_SECRET": secret], on: loop)
    }

    /// Ends the server by a signal and starts another on the same data.
    func restart(by signal: CInt, meanwhile: () throws -> Void = {}, on loop: isolated EventLoop) async throws
    {
        server.program.child.signal(signal)
        let end = await server.program.child.wait(until: loop.clock.now + Holdfast.patience, on: loop)
        #expect(end != nil)
        await server.program.stop(on: loop)
        try meanwhile()
        server = try await Self.run(in: folder, on: loop)
    }

    func ask(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, on loop: isolated EventLoop
    ) async throws -> (status: HTTPStatus, body: String) {
        try await server.ask(method, "/api/v1/\(path)", headers: admin, body: body, on: loop)
    }

    /// Asks until the answer has `text`.
    func wait(for text: String, at path: String, on loop: isolated EventLoop) async throws -> String {
        var answer = ""
        try await eventually("\(path) says \(text)", within: Holdfast.patience) {
            answer = try await ask(.get, path, on: loop).body
            return answer.contains(text)
        }
        return answer
    }

    func taskCount(on loop: isolated EventLoop) async throws -> Int {
        try await ask(.get, "tasks", on: loop).body.count(of: #""workflow":"#)
    }
}

/// Runs `body` with such a server, which is gone afterwards.
func withTriggers(
    _ yaml: String, _ body: @Sendable (TriggerGround, isolated EventLoop) async throws -> Void
) async throws {
    try await onLoop { loop in
        let ground = try await TriggerGround.start(configured: yaml, on: loop)
        do { try await body(ground, loop) } catch {
            await ground.server.program.stop(on: loop)
            throw error
        }
        await ground.server.program.stop(on: loop)
    }
}

extension String {
    func count(of text: String) -> Int { ranges(of: text).count }

    /// What stands behind `name` in a JSON text, up to the next comma, quote or brace.
    func value(of name: String) -> String? {
        guard let place = firstRange(of: "\"\(name)\":") else { return nil }
        let rest = self[place.upperBound...].drop { $0 == "\"" }
        return String(rest.prefix { !",\"}".contains($0) })
    }
}
