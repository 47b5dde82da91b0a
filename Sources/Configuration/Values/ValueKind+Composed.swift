extension ValueKind {
    /// A value or its absence: `null` in YAML, the word `none` elsewhere.
    package static func optional<Wrapped>(
        _ kind: ValueKind<Wrapped>, none word: String = "none"
    ) -> ValueKind where Value == Wrapped? {
        var optional = ValueKind(
            kind.word, "\(kind.phrase), or `\(word)`", sample: nil,
            parse: { text throws(Complaint) in text == word ? nil : try kind.parse(text) },
            print: { $0.map(kind.print) ?? word })
        optional.nothing = .some(nil)
        return optional
    }

    /// Any number of values: a YAML list, or separated by commas.
    package static func list<Element>(of kind: ValueKind<Element>) -> ValueKind where Value == [Element] {
        var list = ValueKind(
            "\(kind.word)[,…]", "a list, each \(kind.phrase)", sample: [],
            parse: { text throws(Complaint) in
                var values: [Element] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: true) {
                    do throws(Complaint) {
                        values.append(try kind.parse(String(part).trimmed))
                    } catch {
                        throw Complaint(
                            values.isEmpty ? error.text : "(item \(values.count + 1)) \(error.text)")
                    }
                }
                return values
            },
            print: { $0.map(kind.print).joined(separator: ",") })
        list.nothing = []
        list.readItems = Self.items(of: kind)
        return list
    }

    /// One value as it is, commas and all, or a YAML list of them.
    package static func oneOrMore<Element>(of kind: ValueKind<Element>) -> ValueKind
    where Value == [Element] {
        var several = ValueKind(
            "\(kind.word)|list", "\(kind.phrase), or a list of such", sample: [],
            parse: { text throws(Complaint) in [try kind.parse(text)] },
            print: { $0.map(kind.print).joined(separator: ",") })
        several.nothing = []
        several.readItems = Self.items(of: kind)
        return several
    }

    private static func items<Element>(
        of kind: ValueKind<Element>
    ) -> @Sendable ([YAMLNode], Bool, (Int?, YAMLMark, String) -> Void) -> Value? where Value == [Element] {
        { items, secret, complain in
            var values: [Element] = []
            for (index, item) in items.enumerated() {
                let value = kind.read(item, secret: secret) { _, mark, what in complain(index, mark, what) }
                if let value { values.append(value) }
            }
            return values.count == items.count ? values : nil
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
