import Glibc
import Loop
import TestKit
import Testing
import Wire

@Suite struct FeatureTests {
    @Test func aFeatureIsStartedByOneCallAndFollowsItsTask() async throws {
        try await withTriggers("") { ground, loop in
            let socket = try await ground.server.listen(
                to: "/api/v1/ws/planned-features", headers: ground.admin, on: loop)
            #expect(try await socket.text(on: loop).contains(#""features":[]"#))
            let made = try await ground.ask(
                .post, "features", #"{"title":"Dark mode","tags":["ui"],"estimate":4}"#, on: loop)
            #expect(made.status == .created && made.body.contains(#""status":"planned""#), "\(made)")
            let id = try #require(made.body.value(of: "id"))
            let started = try await ground.ask(
                .post, "features/\(id)/start", #"{"workflow":"quick"}"#, on: loop)
            #expect(started.status == .created, "\(started)")
            let task = try #require(started.body.value(of: "task_id"))
            let done = try await ground.wait(
                for: #""status":"completed""#, at: "features/\(id)", on: loop)
            #expect(done.contains(task))
            #expect(
                try await ground.ask(.get, "tasks/\(task)", on: loop).body.contains(
                    #""requirement":"Dark mode""#))
            var heard = ""
            while !heard.contains(#""status":"completed""#) { heard = try await socket.text(on: loop) }
            #expect(heard.contains(#""type":"planned_features_update""#) && heard.contains(task))
            socket.abort(on: loop)
            try await ground.restart(by: SIGKILL, on: loop)
            #expect(try await ground.ask(.get, "features/\(id)", on: loop).body == done)
            let again = try await ground.server.listen(
                to: "/api/v1/ws/planned-features", headers: ground.admin, on: loop)
            #expect(try await again.text(on: loop).contains(#""title":"Dark mode""#))
            again.abort(on: loop)
        }
    }

    @Test func aTaskThatARestartInterruptsLeavesItsFeaturePlanned() async throws {
        try await withTriggers("") { ground, loop in
            let made = try await ground.ask(.post, "features", #"{"title":"Long"}"#, on: loop)
            let id = try #require(made.body.value(of: "id"))
            _ = try await ground.ask(.post, "features/\(id)/start", #"{"workflow":"long"}"#, on: loop)
            let working = try await ground.ask(.get, "features/\(id)", on: loop).body
            #expect(working.contains(#""status":"in_progress""#))
            for (method, path, body) in [
                (HTTPMethod.post, "features/\(id)/start", #"{"workflow":"quick"}"#),
                (.patch, "features/\(id)", #"{"status":"completed"}"#), (.delete, "features/\(id)", nil),
            ] as [(HTTPMethod, String, String?)] {
                #expect(try await ground.ask(method, path, body, on: loop).status == .conflict)
            }
            try await ground.restart(by: SIGKILL, on: loop)
            let planned = try await ground.wait(
                for: #""status":"planned""#, at: "features/\(id)", on: loop)
            #expect(planned.contains("The server ended while it ran."))
        }
    }

    @Test func theBacklogIsEditedOrderedAndSearched() async throws {
        try await withTriggers("") { ground, loop in
            for title in ["one", "two", "three"] {
                _ = try await ground.ask(
                    .post, "features", #"{"title":"\#(title)","tags":["\#(title)"]}"#, on: loop)
            }
            #expect(
                try await ground.ask(.post, "features/3/move", #"{"before":1}"#, on: loop).body.contains(
                    #""position":1"#))
            #expect(
                try await ground.ask(.post, "features/3/move", #"{"before":1,"to":"last"}"#, on: loop).status
                    == .unprocessableContent)
            let list = try await ground.ask(.get, "features?limit=1", on: loop).body
            #expect(list.contains(#""title":"three""#) && !list.contains(#""title":"one""#))
            #expect(list.contains(#""total":3"#))
            let found = try await ground.ask(.get, "features?tag=two&status=planned&text=TW", on: loop).body
            #expect(found.contains(#""title":"two""#) && !found.contains(#""title":"three""#))
            #expect(try await ground.ask(.get, "features?status=x", on: loop).status == .badRequest)
            let edited = try await ground.ask(
                .patch, "features/1", #"{"version":1,"title":"first","estimate":null}"#, on: loop)
            #expect(edited.body.contains(#""title":"first""#) && edited.body.contains(#""version":2"#))
            #expect(
                try await ground.ask(.patch, "features/1", #"{"version":1,"title":"x"}"#, on: loop).status
                    == .conflict)
            #expect(
                try await ground.ask(.patch, "features/1", #"{"title":""}"#, on: loop).status
                    == .unprocessableContent)
            #expect(
                try await ground.ask(.post, "features/1/start", #"{"workflow":"none"}"#, on: loop).status
                    == .unprocessableContent)
            #expect(try await ground.ask(.delete, "features/2?version=9", on: loop).status == .conflict)
            #expect(try await ground.ask(.delete, "features/2", on: loop).status == .noContent)
            #expect(try await ground.ask(.get, "features/2", on: loop).status == .notFound)
        }
    }
}
