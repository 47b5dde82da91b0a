import Configuration
import Workflows

/// `name=value`: what somebody chose for an input of a workflow. The server knows what kind of value it takes.
struct InputAssignment: Sendable {
    let name: String
    let value: String

    /// By name; a name twice is a mistake.
    static func inputs(_ given: [InputAssignment]) throws(Failure) -> [String: InputValue] {
        var inputs: [String: InputValue] = [:]
        for one in given {
            guard inputs.updateValue(.text(one.value), forKey: one.name) == nil else {
                throw Failure(.usage, "--input gives \(one.name) twice; give it once.")
            }
        }
        return inputs
    }
}

extension ValueKind where Value == InputAssignment {
    static let input = ValueKind(
        "name=value", "a name and its value: `level=2`", sample: InputAssignment(name: "", value: ""),
        parse: { text throws(Complaint) in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Complaint("is no `name=value`")
            }
            return InputAssignment(name: String(parts[0]), value: String(parts[1]))
        },
        print: { "\($0.name)=\($0.value)" })
}
