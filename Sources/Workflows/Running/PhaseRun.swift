import Glibc
package import Loop
package import Sessions

/// One attempt at a phase, from its command to its end. Lives on one loop.
///
/// It ends once: when its program has ended, its time is over, or somebody calls `stop`, the whole tree of processes is
/// brought down by the ladder, what is left in the pipes is said, and the observer hears the end. Its task is its own
/// and over by then. Held by a session, it is given back by being stopped.
package final class PhaseRun: ChildObserver, SlowHeld {
    private enum Ending {
        case asked, timedOut
    }

    /// To make files and a process; both may hang on a dead disk.
    private static let birthPatience = Duration.seconds(10)
    /// For what is left in the pipes once nobody of the tree can write to them.
    private static let restPatience = Duration.seconds(2)

    package let command: PhaseCommand
    private let files: OutputFiles
    private let mask: SecretMask
    private let pool: Offload
    private var observer: (any PhaseObserver)?

    private(set) var child: ChildProcess?
    private var group: PhaseGroup?
    private(set) var input: PhaseInput?
    private var rate = LineRate()
    private(set) var lastWord = Instant(nanoseconds: 0)
    /// The observer is full.
    private(set) var isPaused = false

    private var life: Task<Void, Never>?
    private var birth: Task<SystemError?, Never>?
    private var ending: Ending?
    /// Nobody is left who could write, so what is in the pipes is all, and is taken however full the observer is.
    private var isTreeGone = false
    private var pipes: [PhasePipe] = []
    private var lines = 0
    private let wake = Waiter()
    private var receipt: Receipt?

    /// - Parameters:
    ///   - mask: the secrets of the phase; those that it names itself are added.
    ///   - pool: where files are made and read.
    package init(
        _ command: PhaseCommand, files: OutputFiles, mask: SecretMask, pool: Offload,
        observer: any PhaseObserver
    ) {
        self.command = command
        self.files = files
        self.mask = mask
        self.pool = pool
        self.observer = observer
    }

    /// Begins, once. The end is told later, never within this call.
    package func start(on loop: isolated EventLoop) {
        precondition(life == nil, "a phase was started twice")
        lastWord = loop.clock.now
        life = Task { await self.live(on: loop) }
    }

    /// Brings it to its end, as soon as the ladder allows. Asking again, or after the end, means nothing.
    package func stop(on loop: isolated EventLoop) {
        if ending == nil { ending = .asked }
        birth?.cancel()
        wake.signal(on: loop)
    }

    /// The observer can take more.
    package func resume(on loop: isolated EventLoop) {
        guard isPaused else { return }
        isPaused = false
        for pipe in pipes { pipe.resume(on: loop) }
    }

    /// Sends bytes to the program's standard input. False when it takes none, no more, or not so many now.
    package func send(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        input?.send(bytes, on: loop) ?? false
    }

    /// Ends the program's standard input, behind what was sent.
    package func finishInput(on loop: isolated EventLoop) { input?.finish(on: loop) }

    // MARK: What it holds

    package var patience: Duration {
        command.ladder.afterRequest + command.ladder.afterTerminate + command.ladder.killing
            + Self.birthPatience + Self.restPatience + .seconds(5)
    }

    package var holding: Holdings {
        let open = pipes.count { $0.isOpen } + (input?.isOpen == true ? 1 : 0)
        return [
            .descriptor: open, .watch: open, .process: child == nil ? 0 : 1, .task: life == nil ? 0 : 1,
        ]
    }

    package func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        guard life != nil else {
            observer = nil
            return receipt.given(on: loop)
        }
        self.receipt = receipt
        stop(on: loop)
    }

    // MARK: Its life

    private func live(on loop: isolated EventLoop) async {
        let began = loop.clock.now
        let failure = await begin(on: loop)
        var end: PhaseEnd
        if let child {
            if failure == nil { await waitForEnd(of: child, until: began + command.timeout, on: loop) }
            // Who stops it from now on stops only what is left of it.
            let (byItself, ending) = (child.end?.exit, ending)
            let report = await child.stop(command.ladder, on: loop)
            isTreeGone = report.remaining == 0
            end = PhaseEnd(Self.cause(failure, ending, byItself ?? report.leader))
            end.isCutShort = await readRest(on: loop)
            end.exit = report.leader
            end.usage = child.end?.usage
            end.killed = report.killed
            end.remaining = report.remaining
        } else {
            end = PhaseEnd(Self.cause(failure, ending, nil))
        }
        end.leavings = await clearAway(on: loop)
        end.took = loop.clock.now - began
        close(on: loop)
        tell(end, on: loop)
    }

    private func waitForEnd(of child: ChildProcess, until deadline: Instant, on loop: isolated EventLoop)
        async
    {
        while child.end == nil, ending == nil {
            if await wake.wait(until: deadline, on: loop) == .expired, ending == nil { ending = .timedOut }
        }
        // Whoever ended by itself was not stopped, even when that was asked in the same moment.
        if child.end != nil { ending = nil }
    }

    private static func cause(
        _ failure: SystemError?, _ ending: Ending?, _ exit: ProcessExit?
    ) -> PhaseEnd.Cause {
        switch (ending, failure, exit) {
        case (.asked?, _, _): .stopped
        case (.timedOut?, _, _): .timedOut
        case (nil, let failure?, _): .couldNotStart(failure)
        case (nil, nil, .exited(let status)?): .exited(status: status)
        case (nil, nil, .signalled(let signal, let coreDumped)?):
            .signalled(signal, coreDumped: coreDumped)
        case (nil, nil, nil): .stopped
        }
    }

    /// Makes the files and the process and begins to listen. What failed, if something did; there may be a child then.
    private func begin(on loop: isolated EventLoop) async -> SystemError? {
        let task = Task.immediate { () -> SystemError? in
            do throws(SystemError) {
                try await self.makeAll(on: loop)
                return nil
            } catch {
                return error
            }
        }
        birth = task
        defer { birth = nil }
        return await task.value
    }

    private func makeAll(on loop: isolated EventLoop) async throws(SystemError) {
        if ending != nil { throw SystemError("start", code: ECANCELED) }
        let deadline = loop.clock.now + Self.birthPatience
        let files = files
        let wantsGroup = command.usesControlGroup
        let made: Result<(OpenedDescriptor, PhaseGroup?), SystemError>? = try? await pool.run(
            until: deadline, on: loop
        ) {
            do throws(SystemError) {
                return .success((try files.make(), wantsGroup ? PhaseGroup() : nil))
            } catch {
                return .failure(error)
            }
        }
        guard let made else { throw SystemError("make the phase's files", code: ETIMEDOUT) }
        let events: OpenedDescriptor
        (events, group) = try made.get()
        if ending != nil { throw SystemError("start", code: ECANCELED) }

        var spec = ProcessSpec(
            command.program, command.arguments,
            environment: command.environment.merging(files.environment) { $1 }, directory: command.directory,
            streams: .separate(input: command.takesInput ? .pipe : .null, output: .pipe, error: .pipe))
        spec.limits = command.limits
        spec.controlGroup = group?.group
        let child: ChildProcess
        do throws(SystemError) {
            child = try await ChildProcess.spawn(spec, until: deadline, on: loop)
        } catch  where error.call == "cgroup" {
            // A group that nobody may enter is none.
            spec.controlGroup = nil
            child = try await ChildProcess.spawn(spec, until: deadline, on: loop)
        }
        self.child = child
        child.observer = self
        try listen(.output, to: child.takeOutput(), on: loop)
        try listen(.error, to: child.takeError(), on: loop)
        try listen(.events, to: events.take(), on: loop)
        if let pipe = child.takeInput() { input = try PhaseInput(pipe, on: loop) }
    }

    private func listen(
        _ source: PhasePipe.Source, to descriptor: consuming Descriptor?, on loop: isolated EventLoop
    ) throws(SystemError) {
        guard let descriptor = descriptor.take() else { return }
        let pipe = PhasePipe(source, of: self, mask: mask)
        pipes.append(pipe)
        try pipe.begin(descriptor, on: loop)
    }

    /// Reads on to the end of both streams. True when there was none in time, since somebody else holds a pipe.
    private func readRest(on loop: isolated EventLoop) async -> Bool {
        if isTreeGone { isPaused = false }
        let streams = pipes.filter { $0.source != .events }
        for pipe in streams { pipe.resume(on: loop) }
        let deadline = loop.clock.now + Self.restPatience
        while streams.contains(where: \.isOpen) {
            if await wake.wait(until: deadline, on: loop) != .signalled { break }
        }
        for pipe in pipes where pipe.source == .events { pipe.readRest(on: loop) }
        return streams.contains(where: \.isOpen)
    }

    /// Reads and removes its files, and gives the control group back, in which there may be a child that came when it
    /// was no longer wanted.
    private func clearAway(on loop: isolated EventLoop) async -> PhaseLeavings {
        let (files, group) = (files, group)
        let deadline = loop.clock.now + Self.birthPatience
        let read = try? await pool.run(until: deadline, on: loop) {
            let leavings = files.read()
            files.remove()
            group?.group.end(within: Self.restPatience)
            return leavings
        }
        guard var leavings = read else {
            var leavings = PhaseLeavings()
            leavings.mistakes = ["$HOLDFAST_OUTPUT and $HOLDFAST_STATE could not be read in time"]
            return leavings
        }
        leavings.outputs = Dictionary(
            leavings.outputs.map { (mask.masked($0), mask.masked($1)) }, uniquingKeysWith: { $1 })
        do throws(LeavingMistake) {
            if let state = leavings.state { leavings.state = try StateDocument.masked(state, by: mask) }
        } catch {
            leavings.state = nil
            leavings.mistakes.append(error.sentence)
        }
        leavings.mistakes = leavings.mistakes.map { mask.masked($0) }
        return leavings
    }

    private func close(on loop: isolated EventLoop) {
        for pipe in pipes { pipe.close(on: loop) }
        pipes = []
        input?.close(on: loop)
        input = nil
        child = nil
        group = nil
    }

    private func tell(_ end: PhaseEnd, on loop: isolated EventLoop) {
        life = nil
        let observer = observer
        self.observer = nil
        observer?.ended(end, self, on: loop)
        receipt?.given(on: loop)
        receipt = nil
    }

    package func ended(_ child: ChildProcess, _ end: ProcessEnd, on loop: isolated EventLoop) {
        wake.signal(on: loop)
    }

    // MARK: What it says

    func linesPerSecond(at now: Instant) -> Int { rate.perSecond(at: now) }

    func took(_ line: OutputLine, from source: PhasePipe.Source, on loop: isolated EventLoop) {
        lines += 1
        if source != .error, !line.isContinuation, unsafe OutputCommand.mayBegin(line.text),
            let command = unsafe OutputCommand(line.text, from: source == .events ? .events : .output)
        {
            return obey(command, isCut: line.isCut, on: loop)
        }
        let stream = source == .error ? TaskEvent.Stream.stderr : .stdout
        unsafe observer?.said(line.text, stream, .output, isCut: line.isCut, by: self, on: loop)
    }

    /// Behind the lines of one read.
    func tookSome(on loop: isolated EventLoop) {
        lastWord = loop.now
        rate.note(lines, at: lastWord)
        lines = 0
        if !isTreeGone, observer?.isFull == true { isPaused = true }
    }

    func pipeEnded(on loop: isolated EventLoop) { wake.signal(on: loop) }

    private func obey(_ command: OutputCommand, isCut: Bool, on loop: isolated EventLoop) {
        switch command {
        case .message(let level, let text): say(mask.masked(text), .stdout, level, isCut: isCut, on: loop)
        case .progress(let percent, let text):
            observer?.progressed(to: percent, mask.masked(text), by: self, on: loop)
        case .usage(let figures): observer?.used(figures, by: self, on: loop)
        case .mask(let secret):
            guard !mask.add(secret) else { return }
            say("this phase names too many secrets; the last is not masked", .system, .error, on: loop)
        case .state(let json):
            do throws(LeavingMistake) {
                guard let state = try StateDocument.parse(Array(json.utf8)) else { return }
                observer?.changed(try StateDocument.masked(state, by: mask), by: self, on: loop)
            } catch {
                say(mask.masked(error.sentence), .system, .warning, on: loop)
            }
        }
    }

    private func say(
        _ text: String, _ stream: TaskEvent.Stream, _ level: TaskEvent.Level, isCut: Bool = false,
        on loop: isolated EventLoop
    ) {
        var text = text
        let observer = observer
        text.withUTF8 { text in
            unsafe observer?.said(
                UnsafeRawBufferPointer(text), stream, level, isCut: isCut, by: self, on: loop)
        }
    }
}
