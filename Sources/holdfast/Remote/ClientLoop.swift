import Configuration
import Loop
import Transport

/// The one loop that a client command runs its connections on, and what finds names and servers' certificates.
struct ClientLoop: Sendable {
    let loop: EventLoop
    let dialler: Dialler

    /// Runs `body` with a loop, and ends that whatever happens.
    static func run<Answer: Sendable>(
        trusting authorities: String?, isSecure: Bool,
        _ body: (ClientLoop) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let tls: TLSClientContext?
        do throws(TLSError) {
            tls = isSecure ? try TLSClientContext(authorities: authorities) : nil
        } catch {
            throw Failure(.failure, "\(error)")
        }
        let group: LoopGroup
        let names: Offload
        do throws(SystemError) {
            group = try LoopGroup(count: 1)
            names = try Offload(name: "names", threads: 1, capacity: 16)
        } catch {
            throw Failure(error)
        }
        let here = ClientLoop(
            loop: group.loops[0], dialler: Dialler(resolver: Resolver(names), tls: tls))
        let answer: Result<Answer, Failure>
        do throws(Failure) {
            answer = .success(try await body(here))
        } catch {
            answer = .failure(error)
        }
        await group.stop()
        names.stop()
        return try answer.get()
    }
}
