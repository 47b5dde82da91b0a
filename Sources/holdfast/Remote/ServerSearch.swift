import Configuration
import Store

/// Where a server is looked for. Asked anew for each connection: one that starts again may be elsewhere, and its old
/// address somebody else's.
enum ServerSearch: Sendable {
    /// At an address that was given. With a folder, only while that is served: then a token may be shown there that
    /// is good for the folder.
    case at(ServerPlace, serving: String? = nil)
    /// Wherever the server of this data folder says that it is.
    case folder(String)

    /// Where it is now.
    func place() throws(Failure) -> ServerPlace {
        switch self {
        case .at(let place, nil): return place
        case .at(let place, let folder?):
            _ = try Self.holder(of: folder)
            return place
        case .folder(let folder):
            let holder = try Self.holder(of: folder)
            guard !holder.addresses.isEmpty else {
                let name = holder.pid.map { "process \($0)" } ?? "a process"
                throw Failure(
                    .temporary,
                    "The server of \(folder), \(name), is starting or stopping. Try again in a moment.")
            }
            return try ServerPlace(nearestOf: holder.addresses)
        }
    }

    /// Whether TLS may be needed to get there.
    var mayBeSecure: Bool {
        if case .at(let place, _) = self { return place.isSecure }
        guard let place = try? place() else { return true }
        return place.isSecure
    }

    /// Whoever holds the lock of the folder. The lock is the kernel's and ends with the process, so this is a living
    /// server, and not what another left behind.
    private static func holder(of folder: String) throws(Failure) -> FolderHolder {
        let holder: FolderHolder?
        do throws(StoreError) { holder = try Store.holder(of: folder) } catch { throw Failure(error) }
        guard let holder else { throw .noServer(on: folder) }
        return holder
    }
}

extension Failure {
    static func noServer(on folder: String) -> Failure {
        Failure(
            .unavailable,
            "No server runs on the data folder \(folder). Start it, or name another folder by --data or "
                + "an address by --url.")
    }
}
