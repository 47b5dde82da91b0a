import Configuration
import Glibc
import Loop
import Terminals

/// Plays a recording of a terminal on this one.
struct Play: SignalHearing {
    static let name = "play"
    static let summary = "Play a recording of a terminal"
    static let signals = Player.signals
    static let details = """
        FILE is a recording in asciicast v2: asciinema's, or one of a terminal here. Space pauses and goes on, `q` or \
        Ctrl-C ends. Where standard output is no terminal, all that was said is printed without waiting.
        """

    private let file: String
    private let speed: Double
    private let idleLimit: Duration?

    init(_ arguments: ArgumentReader) {
        file = arguments.argument("FILE", .path, "The recording.")
        speed = arguments.option("speed", .factor, default: 1, "How many times as fast.")
        idleLimit = arguments.option(
            "idle-limit", .duration(.milliseconds(10) ... .days(1)),
            "The longest pause, before it is sped up. Default: what the recording says.")
    }

    func perform() async throws(Failure) -> ExitCode {
        var recording = try RecordingFile(file)
        let outcome: Result<ExitCode, Failure>
        do throws(Failure) {
            outcome = .success(
                LocalTerminal.isOutput ? try await play(&recording) : try print(&recording))
        } catch {
            outcome = .failure(error)
        }
        recording.close()
        return try outcome.get()
    }

    private func print(_ recording: inout RecordingFile) throws(Failure) -> ExitCode {
        while let events = try recording.next() {
            var text = ""
            for event in events {
                if case .output(let said) = event.what { text += said }
            }
            do throws(SystemError) {
                try Output.write(Array(text.utf8))
            } catch  where error.isReaderGone {
                return .success
            } catch {
                throw Failure(error)
            }
        }
        return .success
    }

    private func play(_ recording: inout RecordingFile) async throws(Failure) -> ExitCode {
        var pending = try recording.next()
        let playback = Playback(speed: speed, idleLimit: idleLimit ?? recording.header?.idleLimit)
        let (loop, group): (EventLoop, LoopGroup)
        do throws(SystemError) {
            group = try LoopGroup(count: 1)
            loop = group.loops[0]
        } catch {
            throw Failure(error)
        }
        let player = LoopBound(Player(playback), to: loop)
        var modes = ScreenModes()
        let outcome: Result<ExitCode, Failure>
        do throws(Failure) {
            let trouble = await player.run { player, loop -> SystemError? in
                do throws(SystemError) { try player.start(on: loop) } catch { return error }
                return nil
            }
            if let trouble { throw Failure(trouble) }
            var end = Player.Turn.go
            while let events = pending, end == .go {
                end = try await play(events, player, &modes)
                if end == .go { pending = try recording.next() }
            }
            outcome = .success(end == .interrupted ? .interrupted : .success)
        } catch {
            outcome = .failure(error)
        }
        await player.run { player, loop in player.stop(on: loop) }
        try? Output.write(modes.leaving)
        LocalTerminal.leaveRaw()
        await group.stop()
        return try outcome.get()
    }

    private func play(
        _ events: [AsciicastEvent], _ player: LoopBound<Player>, _ modes: inout ScreenModes
    ) async throws(Failure) -> Player.Turn {
        for event in events {
            let turn = await player.run { player, loop in await player.wait(for: event.time, on: loop) }
            guard turn == .go else { return turn }
            guard case .output(let text) = event.what else { continue }
            let bytes = Array(text.utf8)
            modes.take(bytes)
            do throws(SystemError) { try Output.write(bytes) } catch { throw Failure(error) }
        }
        return .go
    }
}

extension ValueKind where Value == Double {
    /// From a hundredth to a thousand.
    static let factor = ValueKind(
        "number", "a number from 0.01 to 1000", sample: 1,
        parse: { text throws(Complaint) in
            guard let number = Double(text), (0.01...1000).contains(number) else {
                throw Complaint("is no number from 0.01 to 1000")
            }
            return number
        },
        print: { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" })
}
