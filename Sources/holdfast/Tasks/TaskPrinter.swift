import Configuration
import JSONCoding
import Loop
import Wire
import Workflows

/// Prints what a task says: its output where it belongs, everything else in words on standard error.
struct TaskPrinter {
    private let isJSON: Bool
    /// Whoever read standard output has gone; the rest is for standard error, and the exit status.
    private var isReaderGone = false
    private var pieces: [Piece] = []
    /// The streams that stand in the middle of a line, and the phase whose line it is.
    private var unfinished: [TaskEvent.Stream: String?] = [:]
    private var progress = ProgressLine()
    /// The task as it last said that it is.
    private(set) var record: TaskRecord?

    /// What goes to one stream by one write.
    private struct Piece {
        let stream: TaskEvent.Stream
        var bytes: [UInt8]
    }

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Messages, each a line.
    mutating func print(_ lines: [UInt8]) throws(SystemError) {
        guard !lines.isEmpty else { return }
        for line in lines.split(separator: UInt8(ascii: "\n")) { add(Array(line)) }
        let pieces = isJSON ? [Piece(stream: .stdout, bytes: lines)] : pieces
        self.pieces = []
        if !pieces.isEmpty { clear() }
        for piece in pieces {
            if piece.stream == .stdout { try write(piece.bytes) } else { try Output.note(piece.bytes) }
        }
        if !isJSON, let record { progress.show(record) }
    }

    mutating func say(_ text: String) {
        clear()
        Output.say(text)
    }

    /// Takes the line that shows the progress off the screen.
    mutating func clear() { progress.clear() }

    /// Ends what stands in the middle of a line.
    mutating func finish() {
        clear()
        if !isJSON, unfinished[.stdout] != nil { try? write([UInt8(ascii: "\n")]) }
        if !isJSON, unfinished[.stderr] != nil { try? Output.note([UInt8(ascii: "\n")]) }
        unfinished = [:]
    }

    private mutating func write(_ bytes: [UInt8]) throws(SystemError) {
        guard !isReaderGone else { return }
        do throws(SystemError) { try Output.write(bytes) } catch  where error.isReaderGone {
            isReaderGone = true
        }
    }

    // MARK: Messages

    private mutating func add(_ line: [UInt8]) {
        var line = line
        // Whoever answers is not to be trusted with what only checked text may be given to.
        guard (try? JSONValidator.minify(&line)) != nil, let message = JSONObject(minified: line) else {
            return
        }
        let data = message["data"].map { Array($0) } ?? []
        switch message.text("type") {
        case "event": JSONObject(minified: data).map { add($0) }
        case "state": record = (try? RemoteAnswer.read(from: data)) ?? record
        case "gap": tell("some of what it said is not kept any more")
        default: break
        }
    }

    private mutating func add(_ event: JSONObject) {
        let stream = event.text("stream").flatMap(TaskEvent.Stream.init(rawValue:)) ?? .system
        let level = event.text("level").flatMap(TaskEvent.Level.init(rawValue:)) ?? .output
        let (phase, text) = (event.text("phase"), event.text("text") ?? "")
        let place = phase.map { "\($0): " } ?? ""
        switch level {
        case .output where stream == .system: tell(place + text)
        case .output: print(text, isCut: event["cut"] != nil, of: phase, on: stream)
        case .notice, .warning, .error: tell("\(place)\(level.rawValue): \(text)")
        case .group: tell("\(place)group: \(text)")
        case .endGroup: tell("\(place)end of the group")
        }
    }

    /// A line, or a piece of one, which the next piece of the same phase goes on with.
    private mutating func print(
        _ text: String, isCut: Bool, of phase: String?, on stream: TaskEvent.Stream
    ) {
        var bytes = Array(text.utf8)
        if let before = unfinished.removeValue(forKey: stream), before != phase {
            bytes.insert(UInt8(ascii: "\n"), at: 0)
        }
        if isCut { unfinished[stream] = .some(phase) } else { bytes.append(UInt8(ascii: "\n")) }
        add(bytes, to: stream)
    }

    private mutating func tell(_ words: String) {
        let isInLine = unfinished.removeValue(forKey: .stderr) != nil
        add(Array("\(isInLine ? "\n" : "")holdfast: \(words)\n".utf8), to: .stderr)
    }

    private mutating func add(_ bytes: [UInt8], to stream: TaskEvent.Stream) {
        if pieces.last?.stream == stream {
            pieces[pieces.count - 1].bytes += bytes
        } else {
            pieces.append(Piece(stream: stream, bytes: bytes))
        }
    }
}
