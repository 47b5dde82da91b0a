/// Who serves a data folder, and where, as the folder's lock file says while it is locked.
///
/// Only the owner of the folder can write there, so what it says is as good as the owner's word.
package struct FolderHolder: Equatable, Sendable {
    package let pid: Int32?
    /// `http://127.0.0.1:8002`, `unix:/run/holdfast.sock`; empty while the server starts, and while it stops.
    package let addresses: [String]

    init(pid: Int32?, addresses: [String] = []) {
        self.pid = pid
        self.addresses = addresses
    }

    /// As it stands in the file: the process, then each address, a line each.
    init(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        self.init(pid: lines.first.flatMap { Int32($0) }, addresses: lines.dropFirst().filter { !$0.isEmpty })
    }

    var text: String { ([pid.map(String.init) ?? ""] + addresses).map { "\($0)\n" }.joined() }
}
