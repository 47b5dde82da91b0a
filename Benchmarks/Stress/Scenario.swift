import Loop
import TestKit

/// One way of being rude to a server, and what must hold afterwards.
protocol Scenario {
    var name: String { get }
    /// Whether it takes many minutes however little there is of everything; then it is a part of full runs only.
    var isLong: Bool { get }
    /// Runs it; what it prints is the figure that was seen.
    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String
}

extension Scenario {
    var isLong: Bool { false }
}

/// How much of everything, and the seed that repeats a run.
struct Scale {
    let isFull: Bool
    var random: SeededRandom

    func pick(short: Int, full: Int) -> Int { isFull ? full : short }
}
