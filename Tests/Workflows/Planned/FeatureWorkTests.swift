import Store
import Testing
import Workflows

@Suite(.timeLimit(.minutes(1))) struct FeatureWorkTests {
    private static let build = FeatureStart(workflow: "agent", inputs: ["model": .text("small")])

    @Test func aTaskWorksOnAFeatureAndItsEndIsTheFeatures() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(
                FeatureDraft(title: "Dark mode", description: "For the night", priority: 7))
            let begun = try await backlog.features.start(made.id, Self.build, by: "ada")
            #expect(begun.status == .inProgress)
            let task = try #require(backlog.submitter.tasks.first)
            #expect(begun.taskID == task.id)
            #expect(task.requirement == "Dark mode\n\nFor the night")
            #expect(task.inputs == ["model": .text("small")])
            #expect(task.priority == 7)
            #expect(task.owner == "ada")
            try await backlog.features.taskChanged(backlog.submitter.end(task.id, .running))
            #expect(try await backlog.features.feature(made.id).status == .inProgress)
            try await backlog.features.taskChanged(backlog.submitter.end(task.id, .succeeded))
            let done = try await backlog.features.feature(made.id)
            #expect(done.status == .completed)
            #expect(done.taskID == task.id)
            #expect(!done.isWorkedOn)
        }
    }

    @Test(arguments: [(TaskStatus.failed, "failed: It broke."), (.cancelled, "was cancelled: It broke.")])
    func aTaskThatDoesNotSucceedLeavesARemark(status: TaskStatus, remark: String) async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            let begun = try await backlog.features.start(made.id, Self.build, by: nil)
            let task = try backlog.submitter.end(try #require(begun.taskID), status, "It broke.")
            try await backlog.features.taskChanged(task)
            let after = try await backlog.features.feature(made.id)
            #expect(after.status == .planned)
            #expect(after.remark == "Task \(task.id) \(remark)")
            #expect(try await backlog.features.start(made.id, Self.build, by: nil).remark == nil)
            #expect(backlog.submitter.tasks.count == 2)
        }
    }

    @Test func whileATaskWorksOnItNobodyElseDecidesItsStatus() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            _ = try await backlog.features.start(made.id, Self.build, by: nil)
            await #expect(throws: PlannedError.workedOn) {
                try await backlog.features.start(made.id, Self.build, by: nil)
            }
            await #expect(throws: PlannedError.workedOn) {
                try await backlog.features.edit(made.id, FeatureEdit(status: .cancelled))
            }
            await #expect(throws: PlannedError.workedOn) { try await backlog.features.delete(made.id) }
            _ = try await backlog.features.edit(made.id, FeatureEdit(title: "B"))
            #expect(backlog.submitter.tasks.count == 1)
        }
    }

    @Test func aTaskThatEndsBeforeItsFeatureKnowsItIsNotMissed() async throws {
        try await Backlog.run { backlog in
            backlog.submitter.endAtOnce()
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            #expect(try await backlog.features.start(made.id, Self.build, by: nil).status == .completed)
        }
    }

    @Test func anEndThatCameWhileTheServerWasDownIsTakenOver() async throws {
        try await Backlog.run { backlog in
            let (one, other, third) = (
                try await backlog.features.create(FeatureDraft(title: "A")).id,
                try await backlog.features.create(FeatureDraft(title: "B")).id,
                try await backlog.features.create(FeatureDraft(title: "C")).id
            )
            let first = try await backlog.features.start(one, Self.build, by: nil)
            let second = try await backlog.features.start(other, Self.build, by: nil)
            _ = try await backlog.features.start(third, Self.build, by: nil)
            try backlog.submitter.end(try #require(first.taskID), .succeeded)
            backlog.submitter.forget(try #require(second.taskID))
            try await backlog.restart()
            #expect(try await backlog.features.feature(one).status == .completed)
            #expect(try await backlog.features.feature(other).status == .planned)
            #expect(try await backlog.features.feature(third).status == .inProgress)
            #expect(backlog.submitter.tasks.count == 3)
        }
    }

    @Test func aTaskThatWasWantedWhenTheServerDiedIsBegunOnce() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            let begun = try await backlog.features.start(made.id, Self.build, by: nil)
            // As it stood on the disk after the task was wanted, and before it was known to have begun.
            let key = try #require(backlog.submitter.wanted.first)
            let stored =
                #"{"key":"\#(key.key)","workflow":"agent","requirement":"A","inputs":{},"#
                + #""priority":0,"origin":"feature"}"#
            try await backlog.store.write { db in
                try db.run("update planned_feature set task = null, wanted = ?", stored)
            }
            try await backlog.restart()
            #expect(backlog.submitter.tasks.count == 1)
            #expect(try await backlog.features.feature(made.id).taskID == begun.taskID)
        }
    }

    @Test func aRefusedTaskLeavesTheFeaturePlannedAndSaysWhy() async throws {
        try await Backlog.run { backlog in
            backlog.submitter.refuse(.refused("There is no workflow agent."))
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            await #expect(throws: PlannedError.noTask(.refused("There is no workflow agent."))) {
                try await backlog.features.start(made.id, Self.build, by: nil)
            }
            let after = try await backlog.features.feature(made.id)
            #expect(after.status == .planned)
            #expect(after.remark == "No task was begun: There is no workflow agent.")
        }
    }

    @Test func aCallerWhoGoesAwayLeavesNothingHalfBegun() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            let features = backlog.features
            let call = Task { _ = try await features.start(made.id, Self.build, by: nil) }
            call.cancel()
            _ = await call.result
            let after = try await backlog.features.feature(made.id)
            #expect(after.isWorkedOn == (after.taskID != nil))
            #expect(backlog.submitter.tasks.count == (after.isWorkedOn ? 1 : 0))
        }
    }
}
