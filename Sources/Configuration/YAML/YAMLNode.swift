/// A piece of a YAML document that knows where it was written.
package struct YAMLNode: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package let content: Content
    package let mark: YAMLMark

    /// What a person would call it, in an error.
    package var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    package var isNull: Bool {
        if case .scalar(let scalar) = content { scalar.isNull } else { false }
    }
}

/// A single value, still as text: what it means is decided by who asks for it.
package struct YAMLScalar: Sendable, Equatable {
    package enum Style: Sendable, Equatable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    package let text: String
    package let style: Style

    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }

    /// Whether it stands for "no value": only a plain one can.
    package var isNull: Bool {
        style == .plain && ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// One key of a mapping with its value. Keys are unique in their mapping, and in the order of the file.
package struct YAMLEntry: Sendable, Equatable {
    package let key: String
    package let keyMark: YAMLMark
    package let value: YAMLNode
}
