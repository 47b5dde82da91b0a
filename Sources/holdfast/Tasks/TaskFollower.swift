import Configuration
import Glibc
import Loop
import Sessions
import Wire
import Workflows

/// Follows one task to its end, prints what it says, and does what people say by signals. One command has it.
final class TaskFollower {
    /// What is to be done once the server has been asked for it.
    enum Start: Sendable {
        case follow(TaskID)
        case exit(ExitCode)
    }

    private let id: TaskID
    private let access: ServerAccess
    private let interruption: LoopBound<Interruption>
    private var printer: TaskPrinter
    /// Somebody here wants it to be cancelled; who says so again does not want to wait.
    private var isCancelled = false
    /// How the command ends, when it is not as the task did.
    private var exit: ExitCode?

    private init(
        _ id: TaskID, _ access: ServerAccess, _ options: FollowingOptions,
        _ interruption: LoopBound<Interruption>
    ) {
        self.id = id
        self.access = access
        self.interruption = interruption
        printer = TaskPrinter(isJSON: options.isJSON)
    }

    /// Begins by `start`, and follows the task that comes of it.
    ///
    /// - Parameter prepare: what may wait for a person; a signal still ends the program then.
    static func run<Wish>(
        _ access: ServerAccess, _ options: FollowingOptions, _ prepare: () throws(Failure) -> Wish,
        _ start: (Wish) async throws(Failure) -> Start
    ) async throws(Failure) -> ExitCode {
        try await ClientLoop.run(trusting: access.authorities, isSecure: access.search.mayBeSecure) {
            here throws(Failure) in
            let interruption = LoopBound(Interruption(), to: here.loop)
            let failure = await interruption.run { interruption, loop -> SystemError? in
                do throws(SystemError) { try interruption.start(on: loop) } catch { return error }
                return nil
            }
            if let failure { throw Failure(failure) }
            let code: Result<ExitCode, Failure>
            do throws(Failure) {
                let wish = try prepare()
                await interruption.run { interruption, loop in interruption.hold(on: loop) }
                switch try await start(wish) {
                case .exit(let exit): code = .success(exit)
                case .follow(let id):
                    let follower = TaskFollower(id, access, options, interruption)
                    code = .success(try await follower.follow(options.patience, here))
                }
            } catch {
                code = .failure(error)
            }
            await interruption.run { interruption, loop in interruption.stop(on: loop) }
            return try code.get()
        }
    }

    private func follow(_ patience: Duration?, _ here: ClientLoop) async throws(Failure) -> ExitCode {
        var plan = FollowingPlan(
            search: access.search, path: LivePath(of: id), patience: patience)
        plan.passing = nil
        plan.hearsSignals = false
        let end = try await Following.follow(plan, by: access, here) { following throws(Failure) in
            let interruption = interruption
            let bound = following
            await interruption.run { interruption, loop in
                interruption.listen(to: bound.open(on: loop), on: loop)
            }
            return try await print(following)
        }
        printer.finish()
        if let exit { return exit }
        if let end, end.reason != .completed {
            Output.say("\(id): \(end.words)")
            return ExitCode(end)
        }
        let record = try await lastRecord()
        Output.say("\(id): \(record.status.rawValue): \(record.sentence ?? "")")
        return ExitCode(record)
    }

    /// The record with which its log ended; asked for where that is not kept.
    private func lastRecord() async throws(Failure) -> TaskRecord {
        if let record = printer.record, record.status.isOver { return record }
        let answer = try await RemoteCall(.get, Optional(id).path()).send(to: access)
        return try RemoteAnswer.read(from: answer)
    }

    /// Prints until there is nothing more to be heard; nil when the command ends otherwise.
    private func print(_ following: LoopBound<Following>) async throws(Failure) -> Ending? {
        while true {
            switch await following.run({ following, loop in await following.next(on: loop) }) {
            case .messages(let lines):
                do throws(SystemError) { try printer.print(lines) } catch { throw Failure(error) }
            case .lost(let ending, let pause):
                printer.say("\(id): \(ending.words) Trying again in \(pause.text).")
            case .resumed: printer.say("\(id): Connected again.")
            case .woken:
                exit = await heed()
                if exit != nil { return nil }
            case .ended(let ending): return ending
            case .counted: return nil
            case .failed(let failure): throw failure
            }
        }
    }

    // MARK: Signals

    /// Does what a signal says; with what to exit, if it says that.
    private func heed() async -> ExitCode? {
        guard let signal = await interruption.run({ $0.take(on: $1) }) else { return nil }
        printer.clear()
        if signal == SIGHUP { return left() }
        if isCancelled { return .interrupted }
        guard signal == SIGINT, TerminalQuestion.canBeAsked else {
            await cancel()
            return nil
        }
        Output.say("\(id) is running")
        let answer = await interruption.run { interruption, loop in
            await interruption.ask(TerminalQuestion(), on: loop)
        }
        switch answer {
        case .cancel?: await cancel()
        case .leave?: return left()
        case .nothing?: Output.say("no answer; it goes on")
        case nil:
            await cancel()
            return .interrupted
        }
        return nil
    }

    private func left() -> ExitCode {
        Output.say("\(id) runs on; `holdfast tasks show \(id)` tells how it goes")
        return .interrupted
    }

    private func cancel() async {
        isCancelled = true
        do throws(Failure) {
            _ = try await RemoteCall(.post, Optional(id).path("/cancel")).send(to: access)
            Output.say("\(id) is being cancelled")
        } catch {
            Output.say(error.sentence)
        }
    }
}

extension ExitCode {
    /// What a command that ran a task exits with.
    init(_ record: TaskRecord) {
        let reason: EndingReason =
            switch (record.status, record.reason) {
            case (.succeeded, _): .completed
            case (.cancelled, _): .cancelled
            case (_, .deadline): .deadline
            default: .failed
            }
        self.init(Ending(reason))
    }
}
