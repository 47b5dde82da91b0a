import CSQLite
import Glibc

extension StoreError {
    /// The error for an extended result code of SQLite.
    ///
    /// - Parameters:
    ///   - systemCode: the `errno` behind an I/O error, or 0.
    ///   - words: SQLite's message; pass `nil` where it might quote a bound value.
    init(code: Int32, systemCode: Int32, words: String?) {
        let generic = unsafe sqlite3_errstr(code).map { unsafe String(cString: $0) } ?? "unknown error"
        switch code & 0xFF {
        case SQLITE_FULL: self = .diskFull
        // The index beside the log could not grow.
        case SQLITE_IOERR where code == ioErrorSharedMemorySize: self = .diskFull
        case SQLITE_IOERR where Self.meansNoSpace(systemCode): self = .diskFull
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_INTERRUPT: self = .interrupted
        case SQLITE_READONLY: self = .readOnly
        case SQLITE_CANTOPEN where systemCode == EACCES || systemCode == EROFS: self = .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(generic)
        case SQLITE_CONSTRAINT: self = .constraint(words ?? generic)
        default: self = .failed(code: code, message: words ?? generic)
        }
    }

    /// A quota, a file size limit and a full disk are the same thing to whoever wanted to write.
    private static func meansNoSpace(_ code: Int32) -> Bool {
        code == ENOSPC || code == EDQUOT || code == EFBIG
    }

    /// Another call would fare no better, whatever it wants.
    var isOfTheDisk: Bool {
        switch self {
        case .diskFull, .readOnly, .corrupt: true
        case .failed(let code, _): code & 0xFF == SQLITE_IOERR || code & 0xFF == SQLITE_CANTOPEN
        default: false
        }
    }

    /// A group's commit failed for what one body did: tried one by one, the others may stand.
    var mayBeOneBodysFault: Bool {
        switch self {
        case .constraint, .diskFull: true
        default: false
        }
    }
}
