import Glibc
import Loop
import Testing

@Suite(.serialized) struct SignalsTests {
    @Test func aSignalToTheProgramIsHeardOnTheLoop() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                Signals.blockForProcess()
                let hearing = Hearing()
                let signals = try Signals(telling: hearing, on: loop)
                // To this thread, since the test program has others that it started before.
                pthread_kill(pthread_self(), SIGTERM)
                pthread_kill(pthread_self(), SIGHUP)
                while hearing.heard.count < 2 {
                    try #require(
                        await hearing.waiter.wait(until: loop.now + .seconds(20), on: loop) == .signalled)
                }
                try #require(hearing.heard.sorted() == [SIGHUP, SIGTERM])
                signals.close(on: loop)
                try #require(loop.holdings.watches == 0)
            }
        }
    }

    @Test func aChildOfAProgramThatBlocksSignalsHearsThem() async throws {
        await #expect(processExitsWith: .success) {
            Signals.blockForProcess()
            try await onLoop { loop in
                let child = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
                child.signal(SIGTERM)
                let end = await child.wait(until: loop.now + .seconds(20), on: loop)
                try #require(end?.exit == .signalled(SIGTERM, coreDumped: false))
            }
        }
    }
}

private final class Hearing: SignalHandler {
    var heard: [CInt] = []
    let waiter = Waiter()
    func received(_ signal: CInt, on loop: isolated EventLoop) {
        heard.append(signal)
        waiter.signal(on: loop)
    }
}
