/// Who may do something with a feed, beside the admins, who may everything.
package enum Audience: Sendable, Equatable {
    /// Everybody with at least this role.
    case role(Rank)
    /// These accounts, whatever their role.
    case accounts([String])

    package enum Rank: String, CaseIterable, Sendable {
        case viewer
        case operators = "operator"
        case admin
    }
}

extension ValueKind where Value == Audience {
    /// - Parameter ranks: the roles that it may name.
    static func audience(_ ranks: [Audience.Rank]) -> ValueKind {
        let names = ranks.map(\.rawValue)
        let listed = names.map { "`\($0)`" }.joined(separator: ", ")
        var kind = ValueKind(
            names.joined(separator: "|"), "\(listed), or a list of accounts", sample: .role(.admin),
            parse: { text throws(Complaint) in
                guard let rank = ranks.first(where: { $0.rawValue == text }) else {
                    let hint = Suggestion.phrase(for: text, among: names)
                    throw Complaint(
                        "is none of \(listed)\(hint); accounts are written as a list: `[ann, bob]`")
                }
                return .role(rank)
            },
            print: { audience in
                switch audience {
                case .role(let rank): rank.rawValue
                case .accounts(let names): names.joined(separator: ",")
                }
            })
        kind.readItems = { items, _, complain in
            var names: [String] = []
            for (index, item) in items.enumerated() {
                guard let name = ValueKind<String>.string.read(item, complain: { complain(index, $1, $2) })
                else { return nil }
                names.append(name)
            }
            return .accounts(names)
        }
        return kind
    }
}
