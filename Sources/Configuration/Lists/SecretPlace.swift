/// Where a secret is to be found. A configuration names the place and never the secret.
package enum SecretPlace: Sendable, Equatable {
    /// A variable of the server's environment.
    case variable(String)
    case file(String)
}

extension SettingItem {
    /// The keys of a secret that must be there.
    func secret(_ help: String) -> Located<SecretPlace> {
        let variable = value(
            "secret_variable", .variable,
            "The variable of the server's environment that has the secret. \(help)")
        let file = value(
            "secret_file", .path,
            "The file that has the secret, in place of a variable; a line's end is no part of it.")
        let (byVariable, byFile) = (has("secret_variable"), has("secret_file"))
        require(
            byVariable || byFile, "secret_variable",
            "is missing: give `secret_variable` or `secret_file`, the place of the secret")
        require(
            !byVariable || !byFile, "secret_file",
            "does not go with `secret_variable`: a secret has one place")
        return located(
            byFile ? "secret_file" : "secret_variable", file.map { .file($0) } ?? .variable(variable ?? ""))
    }
}

extension ValueKind where Value == String {
    fileprivate static let variable = ValueKind(
        "variable", "the name of a variable", sample: "",
        parse: { text throws(Complaint) in
            guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
                text.utf8.count <= 200,
                text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
            else { throw Complaint("is no name of a variable: give the name, never the secret itself") }
            guard !text.hasPrefix("HOLDFAST_") else {
                throw Complaint("begins like a setting: take a variable that does not begin with `HOLDFAST_`")
            }
            return text
        },
        print: { $0 })
}
