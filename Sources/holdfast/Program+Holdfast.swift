import Configuration
import Server

extension Program {
    /// Everything that can be asked of `holdfast`.
    static let holdfast = Program(
        "holdfast", version: HoldfastServer.build.version,
        summary: "Runs things for people and shows them live", standard: nil, notes: notes,
        commands: [
            .command(Serve.self),
            .group(
                "user", summary: "The accounts of people",
                [
                    .command(UserAdd.self), .command(UserList.self), .command(UserPassword.self),
                    .command(UserRole.self), .command(UserRemove.self),
                ]),
            .group(
                "token", summary: "Tokens, by which programs prove who they are",
                [.command(TokenCreate.self), .command(TokenList.self), .command(TokenRevoke.self)]),
            .command(LoginLink.self),
            .group(
                "config", summary: "What is configured, and what can be",
                [.command(ConfigCheck.self), .command(ConfigShow.self), .command(ConfigReference.self)]),
            .group(
                "sessions", summary: "What is alive on a running server", standard: SessionsList.self,
                [.command(SessionsEnd.self)]),
            .command(Run.self),
            .group(
                "tasks", summary: "What was, is and will be run", standard: TasksList.self,
                [
                    .command(TasksShow.self), .command(TasksLog.self), .command(TasksCancel.self),
                    .command(TasksRetry.self), .command(TasksInput.self), .command(TasksDelete.self),
                ]),
            .group(
                "queue", summary: "The line of tasks", standard: QueueShow.self,
                [.command(QueuePause.self), .command(QueueResume.self), .command(QueueMove.self)]),
            .group(
                "workflows", summary: "What can be run", standard: WorkflowsList.self,
                [.command(WorkflowsCheck.self)]),
            .command(Attach.self),
            .group(
                "terminals", summary: "The terminals of the server", standard: TerminalsList.self,
                [
                    .command(TerminalsList.self), .command(TerminalsShow.self), .command(TerminalsEnd.self),
                    .command(TerminalsShare.self),
                ]),
            .command(Play.self),
            .command(Watch.self),
            .group(
                "feeds", summary: "Publish to feeds, and delete them",
                [.command(FeedsPublish.self), .command(FeedsDelete.self)]),
            .group(
                "emit", summary: "Say something from within a task: in the scripts of its phases",
                [
                    .command(EmitNotice.self), .command(EmitWarning.self), .command(EmitError.self),
                    .command(EmitProgress.self), .command(EmitUsage.self), .command(EmitState.self),
                    .command(EmitOutput.self), .command(EmitGroup.self), .command(EmitEndGroup.self),
                ]),
            .command(Backup.self),
            .command(Hold.self),
        ])

    private static var notes: String {
        let codes = ExitCode.allCases.map { code in
            let number = "\(code.rawValue)"
            return "  " + number + String(repeating: " ", count: 6 - number.count) + code.meaning + "\n"
        }
        return """
            Results go to standard output, everything else to standard error.

            Commands that speak to a running server find it by --url, else $HOLDFAST_URL, else by its data
            folder, in which it says where it listens. They show it the token of --token, else
            $HOLDFAST_TOKEN. Without either, whoever may write to the data folder needs no token: the command
            makes one for its own time, and shows it to the server that has the folder, or, where --data is
            given too, to the one at --url while the folder is being served; to nobody else.

            Exit status:
            \(codes.joined())
            """
    }
}
