/// What a value may be: how it is read from text and from YAML, written back, and described to people.
///
/// Settings, workflow files and command-line options all read through kinds, so a duration is the same
/// thing, with the same complaints, wherever it is written.
package struct ValueKind<Value: Sendable>: Sendable {
    /// One word for help texts: `duration`.
    package let word: String
    /// The same in full, for documentation: `a duration from 1s to 10m`.
    package let phrase: String
    /// Some value, to go on with after a mistake was noted; it is never used for work.
    package let sample: Value
    package let parse: @Sendable (String) throws(Complaint) -> Value
    package let print: @Sendable (Value) -> String

    /// What `null` means, for the kinds to which it means something.
    var nothing: Value?
    /// Reads a YAML list (with whether its items are secret), for the kinds that are one.
    var readItems: (@Sendable ([YAMLNode], Bool, (Int?, YAMLMark, String) -> Void) -> Value?)?
    /// What is wrong with a list that has nothing in it, for the kinds that take none.
    var emptyComplaint: String?
    /// Whether a flag of this kind may stand without a value: `--metrics.enabled`.
    var isSwitch = false

    package init(
        _ word: String, _ phrase: String, sample: Value,
        parse: @escaping @Sendable (String) throws(Complaint) -> Value,
        print: @escaping @Sendable (Value) -> String
    ) {
        self.word = word
        self.phrase = phrase
        self.sample = sample
        self.parse = parse
        self.print = print
    }

    /// Whether a flag of this kind may be given several times.
    var isList: Bool { readItems != nil }

    /// The value of `node`, or `nil` when `complain` was told (with the index of a list's item) why not.
    func read(
        _ node: YAMLNode, secret: Bool = false, complain: (Int?, YAMLMark, String) -> Void
    ) -> Value? {
        if node.isNull, let nothing { return nothing }
        switch node.content {
        case .scalar(let scalar) where !scalar.isNull:
            do throws(Complaint) {
                return try parse(scalar.text)
            } catch {
                complain(nil, node.mark, "\(secret ? "the value" : Self.shown(scalar.text)) \(error.text)")
                return nil
            }
        case .sequence(let items):
            if items.isEmpty, let emptyComplaint {
                complain(nil, node.mark, emptyComplaint)
                return nil
            }
            if let readItems { return readItems(items, secret, complain) }
            fallthrough
        case .scalar, .mapping:
            complain(nil, node.mark, "must be \(phrase), and this is \(node.kind)")
            return nil
        }
    }

    /// A text as an error quotes it.
    static func shown(_ text: String) -> String { "`\(text.onOneLine(of: 60))`" }
}
