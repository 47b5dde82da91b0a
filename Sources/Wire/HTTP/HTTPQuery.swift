/// The parameters of a query, in order, decoded; `+` is a space, as forms send it.
package struct HTTPQuery: Sendable, Equatable {
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package let parameters: [Parameter]

    /// A parameter without `=` has an empty value. Bytes that are no UTF-8 become U+FFFD; an escape that is
    /// none is taken as it stands.
    package init(_ query: some StringProtocol) {
        parameters = query.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Parameter(
                name: Self.decode(halves[0]), value: halves.count > 1 ? Self.decode(halves[1]) : "")
        }
    }

    /// The first value of that name.
    package subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    package func values(of name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }

    private static func decode(_ text: some StringProtocol) -> String {
        PercentEncoding.decode(text, plusIsSpace: true).map { String(decoding: $0, as: UTF8.self) }
            ?? String(text)
    }
}
