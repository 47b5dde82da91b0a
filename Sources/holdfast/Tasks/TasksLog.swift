import Configuration
import Loop
import Server
import Transport
import Wire
import Workflows

/// Prints what a task said up to now, however much that is.
struct TasksLog: Action {
    static let name = "log"
    static let summary = "Print what a task said up to now, a line for each event"

    /// For the next piece of it.
    private static let patience = Duration.seconds(30)
    /// Of an answer that says why there is no log.
    private static let mostBytes = 1 << 20

    private let task: TaskID?
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        try await RemoteCall(.get, task.path("/log")).perform(by: server.access(as: .viewer)) {
            request, here throws(Failure) in
            let answer = try await Self.ask(request, here.dialler, on: here.loop)
            do throws(Failure) {
                // Writing may wait for the reader, here and not on the loop.
                while let piece = try await Self.next(answer, on: here.loop) {
                    do throws(SystemError) { try Output.write(piece) } catch { throw Failure(error) }
                }
                return .success
            } catch {
                await answer.run { answer, loop in answer.close(on: loop) }
                throw error
            }
        }
    }

    private static func ask(
        _ request: ClientRequest, _ dialler: Dialler, on loop: isolated EventLoop
    ) async throws(Failure) -> LoopBound<ClientResponse> {
        let client = HTTPClient(dialler)
        defer { client.close(on: loop) }
        do throws(ClientError) {
            let answer = try await client.send(request, until: loop.now + patience, on: loop)
            guard answer.head.status.isError else { return LoopBound(answer, on: loop) }
            let body = try await answer.collect(upTo: mostBytes, until: loop.now + patience, on: loop)
            throw .refused(answer.head, body: body)
        } catch .refused(let head, let body) {
            throw Failure(Failure.code(for: head.status), Problem.sentence(head, body))
        } catch {
            throw Failure(error)
        }
    }

    private static func next(
        _ answer: LoopBound<ClientResponse>, on loop: isolated EventLoop
    ) async throws(Failure) -> [UInt8]? {
        do throws(ClientError) {
            return try await answer.open(on: loop).next(until: loop.now + patience, on: loop)
        } catch {
            throw Failure(error)
        }
    }
}
