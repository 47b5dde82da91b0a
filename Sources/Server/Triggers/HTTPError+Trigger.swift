import Wire
import Workflows

extension HTTPError {
    /// What could not be done with a webhook, as a request for it is answered.
    init(_ error: TriggerError) {
        switch error {
        case .noSource, .noDelivery: self.init(.notFound, error.description)
        case .unauthorized: self.init(.unauthorized, error.description)
        case .tooLarge: self.init(.contentTooLarge, error.description)
        case .notKept: self.init(.conflict, error.description)
        case .unavailable: self.init(.serviceUnavailable, error.description)
        case .store(let error): self.init(error)
        }
    }
}
