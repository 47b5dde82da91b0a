import Loop

/// What can go wrong in the store, as its callers need to tell it apart.
///
/// No case ever holds a bound value: what people wrote into the database does not reach a log line.
package enum StoreError: Error, Equatable {
    /// No space left (507). Nothing of the write was kept; it works again as soon as there is space.
    case diskFull
    /// Somebody else holds the database, or more is waiting than can be done in time (503, try again).
    case busy
    /// The caller was cancelled, or its statement ran past its deadline and was stopped.
    case interrupted
    /// The store is closed or closing.
    case closed
    /// The database, its folder or its disk can be read but not written.
    case readOnly
    /// The file is damaged or is no database of Holdfast's.
    case corrupt(String)
    /// A rule of the schema forbids the change: the rule's own words, such as `UNIQUE constraint failed:
    /// user.name`.
    case constraint(String)
    /// The data folder is not there and cannot be made.
    case noFolder(path: String, code: Int32)
    /// The data folder may not be looked into.
    case noAccess(path: String)
    /// Another process serves this folder.
    case folderInUse(pid: Int32?)
    /// A backup never replaces a file that is there.
    case exists(path: String)
    /// The place for a backup cannot be written to.
    case noTarget(path: String, code: Int32)
    /// The database and the program do not agree on the schema's history.
    case migration(number: Int, reason: String)
    /// The body of a read or write threw an error of its own; what it did is undone.
    case refused(Refusal)
    /// A system call on the store's own files failed.
    case system(call: String, code: Int32)
    /// Anything else SQLite reports: its extended code and its words.
    case failed(code: Int32, message: String)
}

extension StoreError {
    /// An error that is not the store's, on its way from a body to the caller.
    package struct Refusal: Sendable, Equatable {
        package let reason: any Error

        package init(_ reason: any Error) { self.reason = reason }

        package static func == (left: Refusal, right: Refusal) -> Bool {
            type(of: left.reason) == type(of: right.reason) && "\(left.reason)" == "\(right.reason)"
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// The sentence for a person: what happened and what to do.
    package var description: String {
        switch self {
        case .diskFull: "The disk is full. Nothing was changed; free some space and try again."
        case .busy: "The database is busy. Nothing was changed; try again in a moment."
        case .interrupted: "The request was stopped before it was done. Nothing was changed."
        case .closed: "The database is closed, because the server is shutting down."
        case .readOnly: "The database cannot be written to. Check the permissions of the data folder."
        case .corrupt(let detail): "The database is damaged (\(detail)). Restore it from a backup."
        case .constraint(let rule): "The change contradicts what is stored: \(rule)."
        case .noFolder(let path, let code):
            "The data folder cannot be made: \(Self.words("mkdir \(path)", code))."
        case .noAccess(let path):
            "You may not look into the data folder \(path). Be the user whose server it is."
        case .folderInUse(let pid?):
            "Process \(pid) already serves this data folder. Stop it or use another folder."
        case .folderInUse(nil):
            "Another process already serves this data folder. Stop it or use another folder."
        case .exists(let path):
            "The file \(path) is already there and is not overwritten. Choose another name."
        case .noTarget(let path, let code):
            "No backup was made: \(Self.words("\(path) cannot be written", code))."
        case .migration(let number, let reason): "The database cannot be used: migration \(number) \(reason)."
        case .refused(let refusal): "\(refusal.reason)"
        case .system(let call, let code): "The data folder cannot be used: \(Self.words(call, code))."
        case .failed(let code, let message): "The database reported an error (\(code)): \(message)"
        }
    }

    private static func words(_ call: String, _ code: Int32) -> String {
        SystemError(call, code: code).description
    }
}
