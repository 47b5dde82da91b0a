package import Configuration
import Glibc
import Loop
package import Store
import Transport
import Wire

/// Why a server does not start: what its log says, and by which status a script learns of it.
struct StartFailure: Error {
    let code: ExitCode
    let reason: String

    init(_ code: ExitCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    init(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as StoreError: self.init(ExitCode(error), error.description)
        case let error as HTTPError:
            let code: ExitCode = error.status == .internalServerError ? .fault : .temporary
            self.init(code, error.cause ?? error.sentence)
        case let error as TLSError: self.init(.configuration, error.description)
        case let error as SystemError: self.init(.system, error.description)
        default: self.init(.fault, "\(error)")
        }
    }

    /// The system refused an address.
    init(listening error: SystemError) {
        let code: ExitCode =
            switch error.code {
            case EACCES, EPERM, EROFS: .forbidden
            case EMFILE, ENFILE, ENOMEM, ENOBUFS: .system
            default: .unavailable
            }
        self.init(code, error.description)
    }

    static func catching<Value: Sendable>(
        _ body: () async throws -> Value
    ) async -> Result<Value, StartFailure> {
        do { return .success(try await body()) } catch { return .failure(StartFailure(error)) }
    }
}

extension ExitCode {
    /// What a script is told when the store cannot be used.
    package init(_ error: StoreError) {
        self =
            switch error {
            case .diskFull, .busy, .interrupted, .closed: .temporary
            case .noAccess, .noTarget(_, code: EACCES), .noTarget(_, code: EPERM), .noTarget(_, code: EROFS),
                .readOnly, .noFolder(_, code: EACCES), .noFolder(_, code: EPERM), .noFolder(_, code: EROFS):
                .forbidden
            case .noTarget(_, code: ENOENT), .noTarget(_, code: ENOTDIR): .missing
            case .noFolder: .noFolder
            case .folderInUse: .folderInUse
            case .corrupt, .migration: .data
            case .system, .noTarget: .system
            default: .failure
            }
    }
}
