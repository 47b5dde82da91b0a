import Configuration
import Wire
import Workflows

/// Puts something into the task's state.
struct EmitState: Action {
    static let name = "state"
    static let summary = "Merge a JSON object into the task's state, at once"
    static let details = "What is longer than 64 KiB goes into the file that $HOLDFAST_STATE names instead."
    private let json: String

    init(_ arguments: ArgumentReader) {
        json = arguments.argument("JSON", .json, "The object, `{\"key\": \"value\"}`.")
    }

    func perform() async throws(Failure) -> ExitCode {
        var bytes = Array(json.utf8)
        do throws(JSONError) {
            try JSONValidator.minify(&bytes)
        } catch {
            throw Failure(.data, error.description)
        }
        guard bytes.first == UInt8(ascii: "{") else {
            throw Failure(.data, "the state of a task is a JSON object: {\"key\": \"value\"}")
        }
        return try TaskEvents.say("state", String(decoding: bytes, as: UTF8.self))
    }
}
