import Glibc
import Loop
import Sessions
import Terminals
import Wire

extension HTTPError {
    /// What could not be done with a terminal, as a request for it is answered.
    init(_ error: TerminalError) {
        switch error {
        case .none: self.init(.notFound, error.sentence)
        case .over, .taken, .nobodyToSignal, .mayNotSignal: self.init(.conflict, error.sentence)
        case .launch(let cause) where Self.meansNoRoom(cause.code):
            self.init(.insufficientStorage, error.sentence)
        case .launch, .badSize, .badSignal, .tooLong: self.init(.unprocessableContent, error.sentence)
        case .holder, .shuttingDown: self.init(.serviceUnavailable, error.sentence)
        case .tooMany: self.init(.tooManyRequests, error.sentence)
        case .readOnly: self.init(.forbidden, error.sentence)
        }
    }

    /// The machine has no memory, descriptors, processes or disk left.
    private static func meansNoRoom(_ code: CInt) -> Bool {
        [ENOMEM, ENOSPC, EDQUOT, EMFILE, ENFILE, EAGAIN].contains(code)
    }
}

extension Ending {
    /// What a WebSocket ends with that cannot have its terminal.
    init(_ error: TerminalError) {
        let error = HTTPError(error)
        self = .refused(status: Int(error.status.code), error.sentence)
    }
}
