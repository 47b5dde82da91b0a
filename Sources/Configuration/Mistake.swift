/// One thing that is wrong in what was configured: where, which key, and what to do about it.
package struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
    package let origin: Origin
    /// The dotted key, or empty where the mistake is not about one.
    package let key: String
    package let what: String

    /// A line in the form that editors and terminals jump to: `file:line:column: key: what`.
    package var description: String {
        switch origin {
        case .file where !key.isEmpty: "\(origin): \(key): \(what)"
        case .standard where !key.isEmpty: "\(key): \(what)"
        case .file, .environment, .flag, .standard: "\(origin): \(what)"
        }
    }

    /// Files first, from top to bottom, then the environment, then the flags.
    var rank: (Int, Int, Int) {
        switch origin {
        case .file(_, let mark): (0, mark.line, mark.column)
        case .environment: (1, 0, 0)
        case .flag: (2, 0, 0)
        case .standard: (3, 0, 0)
        }
    }
}
