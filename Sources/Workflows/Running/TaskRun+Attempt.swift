import Loop
import Sessions

extension TaskRun {
    /// One attempt at a phase: what failed, in words; nil where it succeeded.
    func attempt(_ phase: Phase, at index: Int, on loop: isolated EventLoop) async -> String? {
        guard let workflow else { return nil }
        let context = workflow.context(for: phase, in: record)
        let command: PhaseCommand
        do throws(TaskPathError) {
            command = try makeCommand(phase, context)
        } catch {
            return "its working_directory \(error)"
        }
        if let failure = await makeWorkspace(on: loop) { return failure }
        if outcome != nil { return nil }
        let attempt = PhaseAttempt(at: index, of: self)
        let run = PhaseRun(
            command, files: OutputFiles(in: workspace.files, for: phase.name),
            mask: SecretMask(setting.hidden), pool: offload, observer: attempt)
        phaseRuns[index] = run
        run.start(on: loop)
        let end = await attempt.end()
        phaseRuns[index] = nil
        return take(end, of: phase, at: index, on: loop)
    }

    private func makeCommand(
        _ phase: Phase, _ context: ExpressionContext
    ) throws(TaskPathError) -> PhaseCommand {
        let directory = try phase.workingDirectory(in: context, below: workspace.work)
        // The task's own deadline ends what has none.
        let timeout = phase.timeout ?? .seconds(record.maxDuration) + setting.patience
        let environment = environment(of: phase, context)
        var command: PhaseCommand
        switch phase.command {
        case .script(let lines):
            command = .script(lines, environment: environment, directory: directory, timeout: timeout)
        case .program(let words):
            let texts = words.map { $0.text(in: context) }
            command = PhaseCommand(
                texts.first ?? "", Array(texts.dropFirst()), environment: environment, directory: directory,
                timeout: timeout)
        }
        command.ladder = setting.ladder
        command.takesInput = phase.takesInput
        return command
    }

    private func environment(of phase: Phase, _ context: ExpressionContext) -> [String: String] {
        var environment = setting.environment
        for name in workflow?.secrets ?? [] { environment[name] = setting.secrets[name] }
        for (name, template) in workflow?.environment ?? [:] {
            environment[name] = template.text(in: context)
        }
        for (name, template) in phase.environment { environment[name] = template.text(in: context) }
        let attempt = record.phases.first { $0.name == phase.name }?.attempt ?? 1
        environment.merge(record.variables(of: phase.name, attempt: attempt)) { $1 }
        return environment
    }

    private func take(
        _ end: PhaseEnd, of phase: Phase, at index: Int, on loop: isolated EventLoop
    ) -> String? {
        record.killed += end.killed
        record.phases[index].exitStatus = nil
        record.phases[index].signal = nil
        switch end.exit {
        case .exited(let status)?: record.phases[index].exitStatus = Int(status)
        case .signalled(let signal, _)?: record.phases[index].signal = Int(signal)
        case nil: break
        }
        record.phases[index].outputs.merge(end.leavings.outputs) { $1 }
        if let state = end.leavings.state { merge(state) }
        for mistake in end.leavings.mistakes { say(.error, phase.name, mistake, on: loop) }
        if end.isCutShort {
            say(.warning, phase.name, "a process outside of the task held its output open", on: loop)
        }
        return end.succeeded ? nil : end.sentence(timeout: phase.timeout)
    }

    /// The workspace is there once a phase needs it.
    private func makeWorkspace(on loop: isolated EventLoop) async -> String? {
        let workspace = workspace
        let made: Result<Void, SystemError>? = try? await offload.run(
            until: loop.now + .seconds(10), on: loop
        ) {
            do throws(SystemError) { return .success(try workspace.make()) } catch { return .failure(error) }
        }
        switch made {
        case .success?: return nil
        case .failure(let error)?: return "its folder cannot be made: \(error)"
        case nil: return "its folder could not be made in time"
        }
    }

    // MARK: The end of all

    func keepArtifacts(on loop: isolated EventLoop) async {
        guard let workflow, record.startedAt != nil else { return }
        var patterns: [String] = []
        for (phase, record) in zip(workflow.phases, record.phases) where record.startedAt != nil {
            let context = workflow.context(for: phase, in: self.record)
            do throws(TaskPathError) {
                patterns += try phase.artifacts(in: context).map(\.text)
            } catch {
                say(.error, phase.name, "an artifact of it \(error)", on: loop)
            }
        }
        guard !patterns.isEmpty else { return }
        let (workspace, wanted) = (workspace, patterns)
        let bounds = ArtifactBounds(bytes: Int64(setting.artifactBytes))
        let report = try? await folders.run(until: loop.now + .seconds(60), on: loop) {
            () -> Result<ArtifactReport, SystemError> in
            do throws(SystemError) {
                return .success(try workspace.keepArtifacts(matching: wanted, within: bounds))
            } catch {
                return .failure(error)
            }
        }
        switch report {
        case .success(let report)?:
            for mistake in report.mistakes { say(.warning, nil, mistake, on: loop) }
        case .failure(let error)?: say(.error, nil, "artifacts could not be kept: \(error)", on: loop)
        case nil: say(.error, nil, "artifacts could not be kept in time", on: loop)
        }
    }

    func leaveWorkspace(on loop: isolated EventLoop) async {
        guard record.startedAt != nil else { return }
        let (workspace, mayBeRetried) = (workspace, record.status != .succeeded && setting.keepWork > .zero)
        let size = try? await folders.run(until: loop.now + .seconds(30), on: loop) {
            if mayBeRetried { try? workspace.leaveWork() } else { try? workspace.removeScratch() }
            return workspace.measure()
        }
        if let size, !size.isEmpty { owner.left(record.id, size) }
    }
}

extension PhaseEnd {
    /// Why it did not succeed, for people.
    func sentence(timeout: Duration?) -> String {
        switch cause {
        case .exited(status: 0): "it left what cannot be understood"
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal, let coreDumped):
            "ended by signal \(signal)" + (coreDumped ? ", and dumped core" : "")
        case .timedOut: "it took longer than its timeout" + (timeout.map { " of \($0)" } ?? "")
        case .stopped: "it was stopped"
        case .couldNotStart(let error): "it could not be started: \(error)"
        }
    }
}
