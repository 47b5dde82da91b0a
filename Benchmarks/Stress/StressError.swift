/// What went wrong in a scenario, as a person wants to read it.
struct StressError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Throws when `condition` does not hold.
func expect(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
    if !condition { throw StressError(otherwise()) }
}
