import Glibc
import Synchronization

extension Store {
    /// Whether there is a database in `folder`: opening it would otherwise make one. Throws where it is not permitted
    /// to know.
    package static func exists(in folder: String) throws(StoreError) -> Bool {
        if unsafe access(DataFolder(path: folder).database, F_OK) == 0 { return true }
        if errno == EACCES { throw .noAccess(path: folder) }
        return false
    }

    /// Who serves `folder` at this moment; nil when nobody does. It asks the kernel and disturbs nobody.
    package static func holder(of folder: String) throws(StoreError) -> FolderHolder? {
        try FolderLock.holder(of: DataFolder(path: folder))
    }

    /// Says in the folder where its server can be reached, for commands to find it: until `withdraw`, the store's
    /// end, or the end of the process. A guest has nothing to say.
    package func announce(_ addresses: [String]) throws(StoreError) {
        try lock.withLock { (held) throws(StoreError) in try held?.announce(addresses) }
    }

    package func withdraw() { lock.withLock { $0?.withdraw() } }
}
