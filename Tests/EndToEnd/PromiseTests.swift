import Glibc
import Loop
import TestKit
import Testing
import Wire

/// What a server that is killed promised of tasks and workflows, its next life keeps.
@Suite struct PromiseTests {
    private static func workflow(_ word: String) -> String {
        "name: told\nphases:\n  one: {run: \"echo \(word)\"}\n"
    }

    @Test func filesThatAreBrokenOrGoneBehindAKillChangeNothingThatWasAccepted() async throws {
        try await withTriggers("") { ground, loop in
            let file = { (name: String) in ground.folder.file("workflows/\(name).yaml") }
            try write(Self.workflow("first"), to: file("told"))
            try write("phases:\n  one: {run: \"echo leaving\"}\n", to: file("leaves"))
            // The log has it when it is stored.
            _ = try await ground.server.program.error.read(within: Holdfast.patience, on: loop) { log in
                log.contains("workflows added") && log.contains("told") && log.contains("leaves")
            }
            #expect(try await ground.ask(.post, "queue/pause", on: loop).status == .ok)
            let (told, leaves) = (
                try await ground.submit("told", on: loop), try await ground.submit("leaves", on: loop)
            )
            try await ground.restart(
                by: SIGKILL,
                meanwhile: {
                    try write("name: told\nphases:\n  one: {rn: x}\n", to: file("told"))
                    // The path is lent for the call.
                    #expect(unsafe unlink(file("leaves")) == 0)
                }, on: loop)
            let list = try await ground.ask(.get, "workflows", on: loop).body
            #expect(
                list.contains(#""key":"phases.one.rn""#) && !list.contains(#""name":"leaves""#), "\(list)")
            #expect(list.count(of: #""is_current":false"#) == 1, "\(list)")
            let new = try await ground.submit("told", on: loop)
            let refused = try await ground.ask(.post, "tasks", #"{"workflow":"leaves"}"#, on: loop)
            #expect(refused.status == .unprocessableContent, "\(refused)")
            #expect(try await ground.ask(.post, "queue/resume", on: loop).status == .ok)
            for (task, word) in [(told, "first"), (leaves, "leaving"), (new, "first")] {
                _ = try await ground.wait(for: #""status":"SUCCEEDED""#, at: "tasks/\(task)", on: loop)
                let log = try await ground.ask(.get, "tasks/\(task)/log", on: loop).body
                #expect(log.contains(word), "\(log)")
            }
        }
    }

    /// As where its disk is not mounted yet.
    @Test func aFolderOfWorkflowsThatIsAwayAtTheStartIsNotMadeAnew() async throws {
        try await withTriggers("") { ground, loop in
            let folder = ground.folder.file("workflows")
            try write(Self.workflow("first"), to: "\(folder)/told.yaml")
            // The log has it when it is stored.
            _ = try await ground.server.program.error.read(within: Holdfast.patience, on: loop) { log in
                log.contains("workflows added") && log.contains("told")
            }
            // The paths are lent for the calls.
            for isAway in [true, false] {
                try await ground.restart(
                    by: SIGKILL,
                    meanwhile: {
                        let (from, to) = isAway ? (folder, "\(folder)-away") : ("\(folder)-away", folder)
                        #expect(unsafe rename(from, to) == 0)
                    }, on: loop)
                let list = try await ground.ask(.get, "workflows", on: loop).body
                #expect(
                    list.contains("is not there, and workflows were read from it before") == isAway, "\(list)"
                )
                #expect(list.contains(#""name":"told""#) && !list.contains(#""name":"hello""#), "\(list)")
                #expect((unsafe access(folder, F_OK) != 0) == isAway)
            }
        }
    }
}

extension TriggerGround {
    fileprivate func submit(_ workflow: String, on loop: isolated EventLoop) async throws -> String {
        let made = try await ask(.post, "tasks", #"{"workflow":"\#(workflow)"}"#, on: loop)
        #expect(made.status == .created, "\(made)")
        return try #require(made.body.value(of: "id"))
    }
}
