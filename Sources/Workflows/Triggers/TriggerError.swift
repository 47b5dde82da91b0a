package import Store

/// Why a trigger did not do what it was asked for.
package enum TriggerError: Error, Equatable, Sendable {
    case noSource(String)
    /// Whoever asks could not show that they may; the same sentence whatever was wrong.
    case unauthorized
    case tooLarge(limit: Int)
    case noDelivery(Int64)
    /// Its body is no longer kept, or never was.
    case notKept(Int64)
    /// No task was begun now; the same delivery may be sent again.
    case unavailable(String)
    case store(StoreError)

    init(_ error: StoreError) {
        if case .refused(let refusal) = error, let own = refusal.reason as? TriggerError {
            self = own
        } else {
            self = .store(error)
        }
    }
}

extension TriggerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noSource(let name): "There is no webhook source \(name)."
        case .unauthorized: "The signature or token is missing or wrong. Compare the secret on both sides."
        case .tooLarge(let limit): "The body is larger than \(limit) bytes."
        case .noDelivery(let number): "There is no delivery \(number), or no longer."
        case .notKept(let number):
            "The body of delivery \(number) is not kept, so it cannot be delivered again."
        case .unavailable(let sentence): sentence
        case .store(let error): error.description
        }
    }
}
