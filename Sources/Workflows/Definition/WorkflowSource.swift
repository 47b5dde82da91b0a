import Configuration

/// The text of a workflow's file when it could last be understood, and the hash by which it is known again.
package struct WorkflowSource: Sendable {
    let text: [UInt8]
    /// SHA-256.
    let hash: [UInt8]

    package init(_ text: [UInt8]) {
        self.text = text
        hash = BodySignature.digest(text)
    }

    /// What it defines, under the name that it had.
    ///
    /// - Parameter name: what the workflow is called where the text does not say.
    package func workflow(named name: String) -> Result<Workflow, DefinitionError> {
        let mistakes = Mistakes()
        let read = Workflow.read(text, file: name, name: name, noting: mistakes)
        if let read, read.name == name { return .success(read) }
        return .failure(.notUnderstood(name, mistakes.inOrder.first))
    }
}

extension WorkflowSource: Equatable {
    package static func == (one: Self, other: Self) -> Bool { one.hash == other.hash }
}

/// Why it is not known what a task should do, in a sentence.
package struct DefinitionError: Error, Equatable {
    package let sentence: String

    /// Tasks of a time when definitions were not kept with them have their workflow's file only.
    static func gone(_ workflow: String) -> DefinitionError {
        DefinitionError(
            sentence:
                "Its workflow \(workflow) is no longer defined, and its definition was not kept with it.")
    }

    static func notUnderstood(_ workflow: String, _ mistake: Mistake?) -> DefinitionError {
        let why = mistake.map { ": \($0.key.isEmpty ? "" : "\($0.key): ")\($0.what)" } ?? ""
        return DefinitionError(
            sentence:
                "This version of the server does not understand the definition of \(workflow) that the task "
                + "was submitted with\(why). Submit it again.")
    }
}
