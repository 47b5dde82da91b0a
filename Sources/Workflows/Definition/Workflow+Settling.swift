import Configuration

extension Workflow {
    /// The inputs of one task: what was given, checked, and the defaults for what was not. What has neither is
    /// not in it.
    package func settle(_ given: [String: InputValue]) throws(InputError) -> [String: InputValue] {
        var values: [String: InputValue] = [:]
        var mistakes: [InputError.Mistake] = []
        for name in given.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            let meant = Suggestion.phrase(for: name, among: inputs.map(\.name))
            mistakes.append(InputError.Mistake(name: name, what: "is no input of `\(self.name)`\(meant)"))
        }
        for input in inputs {
            guard let value = given[input.name] else {
                values[input.name] = input.standard
                if input.isRequired, input.standard == nil {
                    mistakes.append(
                        InputError.Mistake(name: input.name, what: "is missing: give \(input.phrase)"))
                }
                continue
            }
            do throws(Complaint) {
                values[input.name] = try input.settled(value)
            } catch {
                mistakes.append(InputError.Mistake(name: input.name, what: error.text))
            }
        }
        if !mistakes.isEmpty { throw InputError(mistakes: mistakes) }
        return values
    }
}

/// Everything that is wrong with the inputs of one task. It repeats no value, which may be a secret.
package struct InputError: Error, Equatable, CustomStringConvertible {
    package struct Mistake: Equatable, Sendable {
        package let name: String
        package let what: String
    }

    package let mistakes: [Mistake]

    /// `level is not one of …; name is missing: …`
    package var description: String { mistakes.map { "`\($0.name)` \($0.what)" }.joined(separator: "; ") }
}

extension WorkflowInput {
    /// In bytes; an environment carries no more than 128 KiB in one variable.
    package static let longestText = 64 << 10

    /// What is to be given, for people.
    package var phrase: String {
        switch kind {
        case .text: "a text"
        case .number: "a number"
        case .flag: "`true` or `false`"
        case .choice(let options): "one of \(options.map { "`\($0)`" }.joined(separator: ", "))"
        }
    }

    /// The value as this input's kind has it; from a command line everything comes as text.
    func settled(_ value: InputValue) throws(Complaint) -> InputValue {
        if case .text(let text) = value {
            if text.utf8.count > Self.longestText { throw Complaint("is longer than 64 KiB") }
            if text.utf8.contains(0) { throw Complaint("has a NUL in it") }
        }
        switch (kind, value) {
        case (.text, .text), (.flag, .flag): return value
        case (.number, .number(let number)) where number.isFinite: return value
        case (.number, .text(let text)):
            if let number = Double(text.trimmed), number.isFinite { return .number(number) }
        case (.flag, .text("true")): return .flag(true)
        case (.flag, .text("false")): return .flag(false)
        case (.choice(let options), _):
            if options.contains(value.text) { return .text(value.text) }
            throw Complaint("must be \(phrase)\(Suggestion.phrase(for: value.text, among: options))")
        default: break
        }
        throw Complaint("must be \(phrase)")
    }
}
