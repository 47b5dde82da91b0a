import Configuration
import Store

/// Copies the database, whether a server uses it or not.
struct Backup: Action {
    static let name = "backup"
    static let summary = "Copy the database into a new file, while the server runs or not"
    static let details = """
        The copy is one state of the database, checked, and on the disk when the command returns; if it fails there \
        is no file. A file that is there is never replaced. To restore, stop the server and put the file into the \
        data folder as `holdfast.db`, in place of `holdfast.db`, `holdfast.db-wal` and `holdfast.db-shm`.
        """

    private let file: String
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        file = arguments.argument("FILE", .path, "The file to make.")
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        try Failure.unlessDatabase(in: folder)
        do throws(StoreError) {
            try Store.backup(folder: folder, to: file)
        } catch {
            throw Failure(error)
        }
        Output.say("copied the database of \(folder) to \(file)")
        return .success
    }
}
