/// What the parser found next, and where.
struct YAMLEvent {
    enum Content {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    let content: Content
    let mark: YAMLMark
    var anchor: String?
    var tag: String?
}

/// Where the text stops being YAML, and why.
struct YAMLFault: Error {
    let mark: YAMLMark
    let reason: String
}
