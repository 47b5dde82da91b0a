import Loop

/// One way of being rude to a server, and what must hold afterwards.
protocol Scenario {
    var name: String { get }
    /// Runs it; what it prints is the figure that was seen.
    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String
}

/// How much of everything, and the seed that repeats a run.
struct Scale {
    let isFull: Bool
    var random: SeededRandom

    func pick(short: Int, full: Int) -> Int { isFull ? full : short }
}

/// splitmix64: small, and the same on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
