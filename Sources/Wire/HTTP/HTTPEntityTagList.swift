/// The value of If-Match and If-None-Match: `*`, or some tags.
package enum HTTPEntityTagList: Equatable, Sendable {
    case any
    case tags([HTTPEntityTag])

    /// Nil when there is no such field. What is no tag in the list is left out, and so matches nothing.
    package init?(_ headers: HTTPHeaders, _ name: HTTPHeaderName) {
        guard headers.contains(name) else { return nil }
        let elements = headers.elements(of: name)
        self = elements == ["*"] ? .any : .tags(elements.compactMap { HTTPEntityTag(parsing: $0) })
    }

    /// Whether a resource in the state `current` is meant; nil is one that has no tag.
    func includes(
        _ current: HTTPEntityTag?, by comparison: (HTTPEntityTag) -> (HTTPEntityTag) -> Bool
    ) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): current.map { tags.contains(where: comparison($0)) } ?? false
        }
    }
}
