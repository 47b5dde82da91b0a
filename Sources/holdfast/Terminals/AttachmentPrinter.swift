import Configuration
import Loop
import Sessions
import Wire

/// How an attachment ended.
enum AttachmentEnd: Sendable {
    /// The terminal's program did, with this status.
    case exited(CInt)
    case left(TerminalName)
    case interrupted(TerminalName)
    /// Nobody reads standard output any more.
    case readerGone
    case ended(TerminalName, Ending)

    var code: ExitCode {
        switch self {
        case .exited, .left, .readerGone: .success
        case .interrupted: .interrupted
        case .ended(_, let ending): ExitCode(ending)
        }
    }

    /// What the person is told of it.
    var words: String? {
        switch self {
        case .exited, .readerGone: nil
        case .left(let name), .interrupted(let name):
            "left the terminal \(name), which runs on; `holdfast attach \(name)` comes back"
        case .ended(let name, let ending): "\(name): \(ending.words)"
        }
    }
}

/// Brings what a terminal says to standard output, for as long as it takes. Writing may wait for the reader, here and
/// not on the loop, where the server's pings are answered.
struct AttachmentPrinter {
    private let name: TerminalName
    private let attachment: LoopBound<Attachment>

    init(_ name: TerminalName, _ attachment: LoopBound<Attachment>) {
        self.name = name
        self.attachment = attachment
    }

    func follow(_ access: ServerAccess, _ here: ClientLoop) async throws(Failure) -> AttachmentEnd {
        var plan = FollowingPlan(search: access.search, path: LivePath(of: name))
        // Who was here before us may be ourselves, over a connection that the server still believes in.
        plan.passing = .conflict
        plan.hearsSignals = false
        var departure: AttachmentEnd?
        let ending = try await Following.follow(plan, by: access, here) { following throws(Failure) in
            await attachment.run { attachment, loop in attachment.listen(to: following.open(on: loop)) }
            while true {
                if let ending = try await step(following, &departure) { return ending }
                if departure != nil { return nil }
            }
        }
        if let status = await attachment.run({ attachment, _ in attachment.exit }) { return .exited(status) }
        return departure ?? .ended(name, ending ?? Ending(.completed))
    }

    private func step(
        _ following: LoopBound<Following>, _ departure: inout AttachmentEnd?
    ) async throws(Failure) -> Ending? {
        let attachment = attachment
        var output: [UInt8] = []
        switch await following.run({ following, loop in await following.next(on: loop) }) {
        case .messages(let bytes): output = bytes
        case .lost(let ending, _):
            await attachment.run { attachment, loop in attachment.lost(ending, on: loop) }
        case .resumed, .woken, .counted: break
        case .ended(let ending): return ending
        case .failed(let failure): throw failure
        }
        let aside = await attachment.run { attachment, loop in attachment.takeAside(on: loop) }
        do throws(SystemError) {
            try Output.write(output + aside.output)
        } catch  where error.isReaderGone {
            departure = .readerGone
            return nil
        } catch {
            throw Failure(error)
        }
        for line in aside.lines { Output.say(line) }
        departure =
            switch aside.departure {
            case .detached?: .left(name)
            case .interrupted?: .interrupted(name)
            case nil: nil
            }
        return nil
    }
}
