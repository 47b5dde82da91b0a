import Store
import Wire

extension Store {
    /// A read whose own refusals are told as they are, and the store's as what HTTP says for them.
    func reading<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadConnection) throws -> Answer
    ) async throws(HTTPError) -> Answer {
        do throws(StoreError) { return try await read(body) } catch { throw HTTPError(error) }
    }

    @discardableResult
    func writing<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteConnection) throws -> Answer
    ) async throws(HTTPError) -> Answer {
        do throws(StoreError) { return try await write(body) } catch { throw HTTPError(error) }
    }
}

extension HTTPError {
    /// What the asker is told when the store could not do it.
    init(_ error: StoreError) {
        if case .refused(let refusal) = error, let own = refusal.reason as? HTTPError {
            self = own
            return
        }
        let status: HTTPStatus =
            switch error {
            case .diskFull: .insufficientStorage
            case .busy, .interrupted, .closed, .readOnly: .serviceUnavailable
            case .constraint: .conflict
            default: .internalServerError
            }
        // What went wrong inside is for the log, not for the asker.
        self.init(status, status == .internalServerError ? "The database failed." : error.description)
    }
}
