import Wire

/// A JSON value whose members stay in the order they were given: documents for people to read.
enum JSONNode: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    case text(String)
    case flag(Bool)
    case array([JSONNode])
    case object([(String, JSONNode)])
    /// JSON that is written already.
    case written(String)

    init(stringLiteral text: String) { self = .text(text) }
    init(arrayLiteral nodes: JSONNode...) { self = .array(nodes) }
    init(dictionaryLiteral members: (String, JSONNode)...) { self = .object(members) }

    var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .text(let text): JSONText.quote(text, to: &output)
        case .flag(let flag): output += (flag ? "true" : "false").utf8
        case .written(let json): output += json.utf8
        case .array(let nodes):
            output.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                node.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                JSONText.quote(member.0, to: &output)
                output.append(UInt8(ascii: ":"))
                member.1.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}
