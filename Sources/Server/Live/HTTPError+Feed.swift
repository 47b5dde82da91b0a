package import Feeds
package import Wire

extension HTTPError {
    /// What could not be done with a feed, as a request for it is answered.
    package init(_ error: FeedError) {
        self.init(Self.status(of: error), error.sentence)
    }

    private static func status(of error: FeedError) -> HTTPStatus {
        switch error {
        case .badName, .badType, .reservedType, .badData: .badRequest
        case .reserved, .watched: .forbidden
        case .unknown: .notFound
        case .tooMany: .tooManyRequests
        case .otherWindow, .otherType, .otherKeeping, .otherLifetime, .ended: .conflict
        case .tooLarge: .contentTooLarge
        case .changed: .preconditionFailed
        }
    }
}
