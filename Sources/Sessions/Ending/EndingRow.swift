/// One row of the table of endings (`Ending.table`).
package struct EndingRow: Sendable {
    package let reason: EndingReason
    package let name: String
    /// What the close frame carries; nil where none can be sent.
    package let closeCode: UInt16?
    package let exitStatus: UInt8
    /// What a request that ends this way is answered with, where it can be answered.
    package let httpStatus: Int?
    package let mayRetry: Bool
    /// What the close frame says when the ending has nothing more particular.
    package let text: String
    package let sentence: String

    init(
        _ reason: EndingReason, _ name: String, close: UInt16?, exit: Exit, http: Int? = nil,
        retry: Bool = false, _ text: String, _ sentence: String
    ) {
        self.reason = reason
        self.name = name
        closeCode = close
        exitStatus = exit.rawValue
        httpStatus = http
        mayRetry = retry
        self.text = text
        self.sentence = sentence
    }

    /// Exit statuses as sysexits.h and timeout(1) have them.
    enum Exit: UInt8 {
        case success = 0
        case failure = 1
        case data = 65
        case unavailable = 69
        case software = 70
        case temporary = 75
        case protocolFault = 76
        case permission = 77
        case timeout = 124
        case interrupted = 130
    }
}
