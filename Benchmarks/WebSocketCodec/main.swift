// How long one message takes in the codec alone: decoded where it lies, and its echo's frame written, with
// everything that is in flight in one receive buffer. No system call is in it; docs/performance.md has the rest.

import Wire

/// One shape of traffic: so many messages of such a size in each buffer.
struct Shape {
    let name: String
    let payload: [UInt8]
    let inFlight: Int
    var kind = WebSocketMessageKind.text
    /// How the peer compresses what it sends; the answer goes plain.
    var deflate: PermessageDeflate?
}

@safe struct Bench {
    let received: [UInt8]
    var input: [UInt8]
    var output: [UInt8]
    let inFlight: Int

    init(_ shape: Shape) throws {
        var frames: [UInt8] = []
        let deflater = try shape.deflate.map { try Deflater($0.client, threshold: 0) }
        for number in 0..<shape.inFlight {
            let key = 0x9E37_79B9 &* UInt32(number + 1)
            unsafe shape.payload.withUnsafeBytes {
                if let deflater {
                    unsafe deflater.appendFrame(shape.kind, $0, key: key, to: &frames)
                } else {
                    unsafe WebSocketEncoder.append(WebSocketOpcode(shape.kind), $0, key: key, to: &frames)
                }
            }
        }
        received = frames
        input = frames
        let size = WebSocketEncoder.frameSize(payload: shape.payload.count)
        output = [UInt8](repeating: 0, count: size * shape.inFlight)
        inFlight = shape.inFlight
    }

    /// One buffer as it would be received, decoded and answered. Returns how many messages were in it.
    @inline(never)
    mutating func round(_ decoder: inout WebSocketDecoder) -> Int {
        var count = 0
        // Unmasking in place spoils the input, as a receive does.
        unsafe input.withUnsafeMutableBytes { target in
            unsafe received.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
            var rest = unsafe target
            unsafe output.withUnsafeMutableBytes { output in
                var end = 0
                while let event = try? unsafe decoder.next(&rest) {
                    guard case .message(let kind, let bytes) = unsafe event else { continue }
                    // There is room for as many plain frames as were put in.
                    end += unsafe WebSocketEncoder.writeFrame(
                        WebSocketOpcode(kind), bytes, to: output.baseAddress.unsafelyUnwrapped + end)
                    count += 1
                }
            }
        }
        return count
    }
}

func measure(_ shape: Shape) throws -> Double {
    var bench = try Bench(shape)
    var decoder = WebSocketDecoder(role: .server, deflate: shape.deflate)
    let clock = ContinuousClock()
    let rounds = max(4, 200_000 / bench.output.count)
    var best = Double.infinity
    // Many short spells, so that the best is one in which nobody else had the core.
    for _ in 0..<400 {
        var messages = 0
        let taken = clock.measure {
            for _ in 0..<rounds { messages += bench.round(&decoder) }
        }
        precondition(messages == rounds * shape.inFlight, "A message was lost")
        let (seconds, attoseconds) = taken.components
        best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(messages))
    }
    return best
}

let ascii = Array("The quick brown fox jumps over the lazy dog. ".utf8)
let german = Array("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. ".utf8)

func repeated(_ text: [UInt8], _ count: Int) -> [UInt8] {
    (0..<count).map { text[$0 % text.count] }
}

let side = PermessageDeflate.Side(keepsContext: false)
let forgetful = PermessageDeflate(server: side, client: side)
let shapes = [
    Shape(name: "text 128, 16 in flight", payload: repeated(ascii, 128), inFlight: 16),
    Shape(name: "binary 128, 16 in flight", payload: repeated(ascii, 128), inFlight: 16, kind: .binary),
    Shape(name: "text 128, 1 in flight", payload: repeated(ascii, 128), inFlight: 1),
    Shape(name: "text 16, 16 in flight", payload: repeated(ascii, 16), inFlight: 16),
    Shape(name: "text 1 KiB, 16 in flight", payload: repeated(ascii, 1024), inFlight: 16),
    Shape(name: "text 16 KiB, 1 in flight", payload: repeated(ascii, 16384), inFlight: 1),
    Shape(name: "German 130, 16 in flight", payload: repeated(german, german.count * 2), inFlight: 16),
    Shape(name: "German 4 KiB, 1 in flight", payload: repeated(german, german.count * 64), inFlight: 1),
    Shape(
        name: "deflated 1 KiB, 16 in flight", payload: repeated(ascii, 1024), inFlight: 16, deflate: forgetful
    ),
    Shape(
        name: "deflated 1 KiB, 1 in flight", payload: repeated(ascii, 1024), inFlight: 1, deflate: forgetful),
    Shape(
        name: "deflated 1 KiB with context, 1 in flight", payload: repeated(ascii, 1024), inFlight: 1,
        deflate: PermessageDeflate()),
]
for shape in shapes {
    let nanoseconds = try measure(shape)
    let rate = Double(shape.payload.count) / nanoseconds
    print("\(shape.name): \(nanoseconds) ns a message, \(rate) bytes/ns")
}
