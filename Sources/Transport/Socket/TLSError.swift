import COpenSSL

/// Why TLS cannot be had: which file, and what is wrong with it.
package struct TLSError: Error, Equatable, CustomStringConvertible {
    /// The file at fault; nil when it is none.
    package let file: String?
    package let reason: String

    package init(file: String? = nil, _ reason: String) {
        self.file = file
        self.reason = reason
    }

    package var description: String { file.map { "\($0): \(reason)" } ?? reason }

    /// What OpenSSL noted first in this thread since its notes were cleared, in its words: the cause of the rest.
    static var noted: String {
        let code = ERR_peek_error()
        return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "unknown error"
    }
}
