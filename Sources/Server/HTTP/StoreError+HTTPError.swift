package import Store
package import Wire

extension HTTPError {
    /// What the store could not do, as whoever asked is told it. What is the server's own fault says nothing of
    /// its inside: that is for the log.
    package init(_ error: StoreError) {
        switch error {
        case .diskFull: self.init(.insufficientStorage, error.description)
        case .busy, .closed: self.init(.serviceUnavailable, error.description)
        case .interrupted: self.init(.serviceUnavailable, "The database did not answer in time; try again.")
        case .readOnly: self.init(.serviceUnavailable, error.description)
        case .constraint: self.init(.conflict, "The change contradicts what is stored. Nothing was changed.")
        case .refused(let refusal):
            self = refusal.reason as? HTTPError ?? .internalError(refusal.reason)
        case .corrupt, .noFolder, .noAccess, .noTarget, .folderInUse, .exists, .migration, .system, .failed:
            self = .internalError(error)
        }
    }

    /// Our fault. The log has the cause, under the request's id.
    package static func internalError(_ cause: any Error) -> HTTPError {
        HTTPError(
            .internalServerError,
            "Something went wrong in the server; its log has it under this request's id.",
            cause: "\(cause)")
    }
}
