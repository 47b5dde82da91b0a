import Glibc

extension Store {
    /// Whether there is a database in `folder`: opening it would otherwise make one.
    package static func exists(in folder: String) -> Bool {
        unsafe access(DataFolder(path: folder).database, F_OK) == 0
    }
}
