/// Why there is no such time zone.
package enum ZoneError: Error, Equatable, Sendable, CustomStringConvertible {
    case badName(String)
    case unknown(String)
    case damaged(String)

    package var description: String {
        switch self {
        case .badName(let name): "“\(name)” is no time zone; write one such as Europe/Berlin or UTC."
        case .unknown(let name):
            "There is no time zone \(name) in \(Zone.folder). Mend the name, or install the system's tzdata."
        case .damaged(let name): "What \(Zone.folder) says of the time zone \(name) cannot be read."
        }
    }
}
