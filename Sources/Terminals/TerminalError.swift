package import Loop

/// Why something cannot be had of terminals; each says what to do.
package enum TerminalError: Error, Equatable, Sendable {
    case none(String)
    case over
    /// Nothing could be started: the step that failed, as `exec`.
    case launch(SystemError)
    case holder(String)
    /// As many of one person, or of all, as there may be.
    case tooMany(limit: Int, whose: Scope)
    /// Somebody types there already, and it is for one.
    case taken
    case readOnly
    case badSize
    case badSignal(String)
    case shuttingDown

    package enum Scope: Equatable, Sendable { case person, all }

    package var sentence: String {
        switch self {
        case .none(let id): "There is no terminal \(id)."
        case .over: "The terminal is over."
        case .launch(let error): "The program could not be started (\(error)); look at command, cwd and user."
        case .holder(let what): "The terminal cannot be had: \(what)."
        case .tooMany(let limit, .person): "You have \(limit) terminals, as many as you may; end one first."
        case .tooMany(let limit, .all):
            "There are \(limit) terminals, as many as there may be; try again later."
        case .taken: "Somebody types there already, and only one may; come with takeover=1, or read_only=1."
        case .readOnly: "You may look at this terminal and not type."
        case .badSize: "cols and rows must be from 1 to 1000."
        case .badSignal(let name):
            "\(name) is no signal that can be sent; there are HUP, INT, QUIT, KILL, TERM, USR1, USR2, CONT, STOP, TSTP and WINCH."
        case .shuttingDown: "The server shuts down; come again."
        }
    }
}
