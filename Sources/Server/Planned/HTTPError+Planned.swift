import Wire
import Workflows

extension HTTPError {
    /// What could not be done with a planned feature, as a request for it is answered.
    init(_ error: PlannedError) {
        switch error {
        case .notFound: self.init(.notFound, error.description)
        case .changed, .workedOn, .notPlanned, .full: self.init(.conflict, error.description)
        case .invalid, .noTask(.refused): self.init(.unprocessableContent, error.description)
        case .noTask(.unavailable): self.init(.serviceUnavailable, error.description)
        case .store(let error): self.init(error)
        }
    }
}
