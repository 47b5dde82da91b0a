import Loop
import Sessions
import Wire

/// The messages that the server says of itself on a live connection, beside those of the logs.
enum LiveMessage {
    /// `{"type":"end","ts":…,"data":{…}}`: the last before the close frame.
    static func end(_ ending: Ending) -> [UInt8] { message("end", endData(ending)) }

    /// `{"type":"pong","ts":…}`
    static func pong() -> [UInt8] {
        var text = Array(#"{"type":"pong","ts":""#.utf8)
        text += time(.now)
        text += #""}"#.utf8
        return text
    }

    /// `{"code":4404,"reason":"Not found","name":"not_found","retry":false}`
    static func endData(_ ending: Ending) -> [UInt8] {
        var data = Array(#"{"code":\#(ending.closeCode ?? 1000),"reason":"#.utf8)
        JSONText.quote(ending.closeText, to: &data)
        data += #","name":"\#(ending.reason.name)","retry":\#(ending.mayRetry)}"#.utf8
        return data
    }

    static func message(_ type: StaticString, _ data: [UInt8], channel: UInt64? = nil) -> [UInt8] {
        var text = Array((channel.map { #"{"channel":\#($0),"# } ?? "{").utf8)
        text += #""type":"\#(type)","ts":""#.utf8
        text += time(.now)
        text += #"","data":"#.utf8
        text += data
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// In RFC 3339.
    static func time(_ time: Timestamp) -> [UInt8] {
        var text = TimestampText()
        text.set(to: time)
        return text.bytes
    }
}

extension Ending {
    /// The code of the close frame, where there is somebody to send it to.
    var webSocketCode: WebSocketCloseCode { WebSocketCloseCode(rawValue: closeCode ?? 1001) }
}
