/// Why a text is not a value of some kind, as the end of a sentence that begins with the text. It never
/// repeats the text, which may be a secret.
package struct Complaint: Error, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}
