/// Where a value was said: what an error names, and what `config show` prints beside a value.
package enum Origin: Sendable, Equatable, CustomStringConvertible {
    case standard
    case file(String, YAMLMark)
    case environment(String)
    case flag(String)

    package var description: String {
        switch self {
        case .standard: "default"
        case .file(let name, let mark): "\(name):\(mark)"
        case .environment(let variable): variable
        case .flag(let name): "--\(name)"
        }
    }
}
