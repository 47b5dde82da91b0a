import Loop
import Sessions
import Wire

/// A session as JSON.
enum SessionText {
    static func append(_ info: SessionInfo, to text: inout [UInt8]) {
        text += #"{"id":"\#(info.id)","kind":"\#(info.kind.name)","account":"#.utf8
        quote(info.owner?.account, to: &text)
        text += #","peer":"#.utf8
        JSONText.quote(info.peer, to: &text)
        text += #","phase":"\#(info.phase.rawValue)","reason":"#.utf8
        quote(info.reason?.name, to: &text)
        text += #","since":"#.utf8
        append(info.id.milliseconds, to: &text)
        text += #","age_seconds":\#(info.age.milliseconds / 1000),"ends_at":"#.utf8
        let ends = info.deadline.map { info.id.milliseconds + ($0 - info.since).milliseconds }
        if let ends { append(ends, to: &text) } else { text += "null".utf8 }
        text += #","holds":{"#.utf8
        let held = Holding.allCases.filter { info.holding[$0] != 0 }
        text += held.map { #""\#($0.name)":\#(info.holding[$0])"# }.joined(separator: ",").utf8
        text += "}}".utf8
    }

    private static func quote(_ value: String?, to text: inout [UInt8]) {
        if let value { JSONText.quote(value, to: &text) } else { text += "null".utf8 }
    }

    private static func append(_ milliseconds: Int64, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        text += LiveMessage.time(Timestamp(milliseconds: milliseconds))
        text.append(UInt8(ascii: "\""))
    }
}
