import Wire

/// The first byte chooses the connection, the second how the rest is cut. However it is cut, the same must be
/// read and refused, within the limits.
func checkEveryCutReadsTheSame(_ input: [UInt8]) {
    guard input.count >= 2 else { return }
    let setting = Setting(input[0])
    let stream = Array(input[2...])
    let whole = read(stream, setting) { _ in stream.count }
    var state = UInt32(input[1]) | 1
    let cut = read(stream, setting) { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return 1 + Int(state >> 24) % (1 + Int(input[1] & 0x1F))
    }
    let single = read(stream, setting) { _ in 1 }
    guard cut == whole else { fatalError("Cut: \(cut)\nWhole: \(whole)") }
    guard single == whole else { fatalError("Byte by byte: \(single)\nWhole: \(whole)") }
}

struct Setting {
    let role: WebSocketRole
    let limits: WebSocketLimits
    let deflate: PermessageDeflate?

    init(_ byte: UInt8) {
        role = byte & 1 == 0 ? .server : .client
        limits = byte & 2 == 0 ? WebSocketLimits(message: 200) : WebSocketLimits(message: 4096, frame: 300)
        let side = PermessageDeflate.Side(keepsContext: byte & 8 == 0, windowBits: byte & 16 == 0 ? 15 : 9)
        deflate = byte & 4 == 0 ? nil : PermessageDeflate(server: side, client: side)
    }
}

/// What was read: events as bytes with a tag before them, and how it ended.
struct Reading: Equatable {
    var events: [[UInt8]] = []
    var error: WebSocketError?
}

func read(_ stream: [UInt8], _ setting: Setting, portion: (Int) -> Int) -> Reading {
    var decoder = WebSocketDecoder(role: setting.role, limits: setting.limits, deflate: setting.deflate)
    var reading = Reading()
    var start = 0
    while start < stream.count {
        let end = min(stream.count, start + portion(start))
        var received = Array(stream[start..<end])
        start = end
        unsafe received.withUnsafeMutableBytes { buffer in
            var input = unsafe buffer
            do throws(WebSocketError) {
                while let event = try unsafe decoder.next(&input) {
                    if reading.error != nil { fatalError("An event after an error") }
                    unsafe reading.events.append(check(event, setting))
                }
                if unsafe !input.isEmpty { fatalError("Bytes were left") }
            } catch {
                if reading.error != nil { fatalError("A second error") }
                reading.error = error
            }
        }
    }
    return reading
}

func check(_ event: WebSocketEvent, _ setting: Setting) -> [UInt8] {
    // Each event is copied before the decoder is asked again.
    switch unsafe event {
    case .message(let kind, let bytes):
        let message = unsafe Array(bytes)
        if message.count > setting.limits.message { fatalError("A message longer than allowed") }
        if kind == .text, String(validating: message, as: UTF8.self) == nil { fatalError("Bad text") }
        return [kind.rawValue] + message
    case .ping(let bytes): return unsafe [9] + bytes
    case .pong(let bytes): return unsafe [10] + bytes
    case .close(let code, let reason):
        if let code, !code.mayTravel { fatalError("Bad close code") }
        if unsafe String(validating: reason, as: UTF8.self) == nil { fatalError("Bad reason") }
        guard let code else { return [8] }
        return unsafe [8, UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + reason
    }
}
