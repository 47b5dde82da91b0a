import Glibc

/// Names of places in the file system.
enum FolderPath {
    /// The name of a place without links in it; nil when there is no such place.
    static func real(_ path: String) -> String? {
        guard let name = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }

    /// Whether `place` is `folder` or below it; both without links in them.
    static func isInside(_ place: String, _ folder: String) -> Bool {
        folder == "/" || place == folder || place.hasPrefix("\(folder)/")
    }
}
