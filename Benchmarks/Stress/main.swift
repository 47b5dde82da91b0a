import CLinux
import Glibc
import Loop
import TestKit

// Seeded faults against the built server, each ending with equal counts of all that it holds.
//
//     holdfast-stress [--short | --full] [--seed N] [--only WORD]

hf_print_by_line()
signal(SIGPIPE, SIG_IGN)
let words = Array(CommandLine.arguments.dropFirst())
let values = Dictionary(zip(words, words.dropFirst()), uniquingKeysWith: { $1 })
let seed = values["--seed"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
let only = values["--only"]
let scenarios: [any Scenario & Sendable] = [
    ResetScenario(), HalfOpenScenario(), SlowReaderScenario(), SlowLorisScenario(), DescriptorScenario(),
    ShutdownScenario(), ProcessTreeScenario(), CrashScenario(),
    TaskChurnScenario(), HungTerminalsScenario(), UnreachedTerminalsScenario(), CutTerminalsScenario(),
    RestartedTerminalsScenario(), InterruptionScenario(), ListeningScenario(),
]
let isFull = words.contains("--full")
print("seed \(seed), \(isFull ? "full" : "short")")
let group = try LoopGroup(count: 1)
let chosen = scenarios.filter { (isFull || !$0.isLong) && (only == nil || $0.name.contains(only!)) }
let failures = await group.loops[0].run(
    chosen, Scale(isFull: isFull, random: SeededRandom(seed: seed)))
await group.stop()
print("\(chosen.count - failures) passed, \(failures) failed")
exit(failures == 0 ? 0 : 1)

extension EventLoop {
    fileprivate func run(_ scenarios: [any Scenario & Sendable], _ scale: Scale) async -> Int {
        var failures = 0
        for scenario in scenarios {
            let start = clock.now
            do {
                let seen = try await scenario.run(scale, on: self)
                print("ok    \(scenario.name): \(seen) (\((clock.now - start).milliseconds) ms)")
            } catch {
                failures += 1
                print("FAIL  \(scenario.name): \(error)")
            }
        }
        return failures
    }
}
