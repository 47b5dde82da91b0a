import Loop
import Synchronization
import Transport

/// How watchers and checks reach other machines. Whom to trust is read when something under TLS is first wanted, since
/// that takes a while.
final class WebAccess: Sendable {
    private let resolver: Resolver
    private let trust = Mutex<TLSClientContext?>(nil)

    /// - Parameter pool: where names are looked up.
    init(lookingUpIn pool: Offload) { resolver = Resolver(pool) }

    /// One that goes to `url`.
    func dialler(for url: URLAddress) throws(TLSError) -> Dialler {
        guard url.isSecure else { return Dialler(resolver: resolver) }
        let context = trust.withLock { trust -> Result<TLSClientContext, TLSError> in
            if let trust { return .success(trust) }
            do throws(TLSError) {
                let made = try TLSClientContext()
                trust = made
                return .success(made)
            } catch {
                return .failure(error)
            }
        }
        return Dialler(resolver: resolver, tls: try context.get())
    }
}
