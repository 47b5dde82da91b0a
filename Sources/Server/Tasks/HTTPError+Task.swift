package import Wire
package import Workflows

extension HTTPError {
    /// What could not be done with a task, as a request for it is answered.
    package init(_ error: TaskError) {
        switch error {
        case .noTask: self.init(.notFound, error.sentence)
        case .noWorkflow, .badRequest: self.init(.unprocessableContent, error.sentence)
        case .otherRequest, .notNow: self.init(.conflict, error.sentence)
        case .tooMany: self.init(.tooManyRequests, error.sentence)
        case .closing: self.init(.serviceUnavailable, error.sentence)
        case .store(let error): self.init(error)
        }
    }
}
