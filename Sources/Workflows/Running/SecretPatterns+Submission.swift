import Wire

/// What people, webhooks, schedules and the backlog bring in, as it may be stored. Masked before anything is done with
/// it, so that phases and whoever looks see the same: a secret reaches a phase by its environment alone.
extension SecretPatterns {
    func masked(_ request: TaskRequest) -> TaskRequest {
        guard !isEmpty else { return request }
        var request = request
        request.requirement = masked(request.requirement)
        request.title = request.title.map(masked)
        request.inputs = masked(request.inputs)
        return request
    }

    func masked(_ wanted: WantedTask) -> WantedTask {
        guard !isEmpty else { return wanted }
        var wanted = wanted
        wanted.requirement = masked(wanted.requirement)
        wanted.inputs = masked(wanted.inputs)
        return wanted
    }

    /// A number in which a secret stands becomes a text, which no input that wants a number takes.
    func masked(_ inputs: [String: InputValue]) -> [String: InputValue] {
        guard !isEmpty else { return inputs }
        let shown = inputs.map { name, value in
            let text = masked(value.text)
            return (masked(name), value.isFlag || text == value.text ? value : .text(text))
        }
        return Dictionary(shown) { first, _ in first }
    }

    func masked(_ draft: FeatureDraft) -> FeatureDraft {
        guard !isEmpty else { return draft }
        var draft = draft
        draft.title = masked(draft.title)
        draft.description = masked(draft.description)
        draft.tags = draft.tags.map(masked)
        return draft
    }

    func masked(_ edit: FeatureEdit) -> FeatureEdit {
        guard !isEmpty else { return edit }
        var edit = edit
        edit.title = edit.title.map(masked)
        edit.description = edit.description.map(masked)
        edit.tags = edit.tags.map { $0.map(masked) }
        return edit
    }

    /// What a webhook brings, JSON or not. JSON stays JSON.
    func masked(body: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return body }
        var json = body
        do throws(JSONError) { try JSONValidator.minify(&json) } catch { return masked(bytes: body) }
        let shown = masked(json: json)
        // One that has white space of JSON in it stands in the body only.
        let isPlain = unsafe body.withUnsafeBytes { unsafe !occurs(in: $0) }
        return shown == json && isPlain ? body : shown
    }
}

extension InputValue {
    fileprivate var isFlag: Bool { if case .flag = self { true } else { false } }
}
