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
