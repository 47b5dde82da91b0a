import FoundationEssentials
import JSONCoding
import Testing
import Workflows

@Suite(.timeLimit(.minutes(1))) struct PlannedFeaturesTests {
    @Test func whatIsPlannedIsThereAfterARestart() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(
                FeatureDraft(
                    title: "  Dark mode ", description: "For the night", priority: 3,
                    tags: ["ui", " ui", "night"],
                    estimate: 2.5))
            #expect(made.title == "Dark mode")
            #expect(made.tags == ["ui", "night"])
            #expect(made.status == .planned)
            try await backlog.restart()
            #expect(try await backlog.features.feature(made.id) == made)
        }
    }

    @Test func anEditChangesWhatItNamesAndNothingElse() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(
                FeatureDraft(title: "A", description: "B", tags: ["c"], estimate: 4))
            let edit = try JSONFormat.decoder.decode(
                FeatureEdit.self, from: Data(#"{"title": "D", "estimate": null}"#.utf8))
            let changed = try await backlog.features.edit(made.id, edit)
            #expect(changed.title == "D")
            #expect(changed.estimate == nil)
            #expect(changed.description == "B")
            #expect(changed.tags == ["c"])
            #expect(changed.version == made.version + 1)
        }
    }

    @Test func ofTwoEditsOfOneVersionTheSecondIsRefused() async throws {
        try await Backlog.run { backlog in
            let made = try await backlog.features.create(FeatureDraft(title: "A"))
            _ = try await backlog.features.edit(made.id, FeatureEdit(version: made.version, title: "B"))
            await #expect(throws: PlannedError.changed(version: made.version + 1)) {
                try await backlog.features.edit(made.id, FeatureEdit(version: made.version, title: "C"))
            }
            await #expect(throws: PlannedError.changed(version: made.version + 1)) {
                try await backlog.features.delete(made.id, version: made.version)
            }
            #expect(try await backlog.features.feature(made.id).title == "B")
        }
    }

    @Test(arguments: [
        (FeatureDraft(title: " "), "title"), (FeatureDraft(title: "a\nb"), "title"),
        (FeatureDraft(title: String(repeating: "é", count: 201)), "title"),
        (FeatureDraft(title: "a", description: String(repeating: "x", count: 65537)), "description"),
        (FeatureDraft(title: "a", description: "\0"), "description"),
        (FeatureDraft(title: "a", priority: 101), "priority"),
        (FeatureDraft(title: "a", tags: [""]), "tags"),
        (FeatureDraft(title: "a", tags: (0...20).map(String.init)), "tags"),
        (FeatureDraft(title: "a", estimate: -1), "estimate"),
        (FeatureDraft(title: "a", estimate: .nan), "estimate"),
    ])
    func whatDoesNotFitIsRefusedByTheNameOfItsField(draft: FeatureDraft, field: String) async throws {
        try await Backlog.run { backlog in
            do {
                _ = try await backlog.features.create(draft)
                Issue.record("it was taken")
            } catch PlannedError.invalid(let named, _) {
                #expect(named == field)
            }
            #expect(try await backlog.features.statistics().total == 0)
        }
    }

    @Test func peopleGiveTheOrder() async throws {
        try await Backlog.run { backlog in
            var ids: [String: Int64] = [:]
            for title in ["a", "b", "c", "d"] {
                ids[title] = try await backlog.features.create(FeatureDraft(title: title)).id
            }
            _ = try await backlog.features.move(ids["d"]!, to: .before(ids["b"]!))
            #expect(try await backlog.order == ["a", "d", "b", "c"])
            _ = try await backlog.features.move(ids["a"]!, to: .after(ids["b"]!))
            #expect(try await backlog.order == ["d", "b", "a", "c"])
            _ = try await backlog.features.move(ids["c"]!, to: .first)
            _ = try await backlog.features.move(ids["d"]!, to: .last)
            #expect(try await backlog.order == ["c", "b", "a", "d"])
            _ = try await backlog.features.move(ids["b"]!, to: .after(ids["b"]!))
            try await backlog.features.delete(ids["b"]!)
            #expect(try await backlog.order == ["c", "a", "d"])
            let last = try await backlog.features.create(FeatureDraft(title: "e"))
            #expect(last.position == 4)
            await #expect(throws: PlannedError.notFound(ids["b"]!)) {
                try await backlog.features.move(last.id, to: .before(ids["b"]!))
            }
        }
    }

    @Test func theFiguresAddUp() async throws {
        try await Backlog.run { backlog in
            let done = try await backlog.features.create(FeatureDraft(title: "a", tags: ["x"], estimate: 1.5))
            _ = try await backlog.features.create(FeatureDraft(title: "b", tags: ["x", "y"], estimate: 2))
            _ = try await backlog.features.create(FeatureDraft(title: "c"))
            _ = try await backlog.features.edit(done.id, FeatureEdit(status: .completed))
            let figures = try await backlog.features.statistics()
            #expect(figures.total == 3)
            #expect(
                figures.byStatus == ["planned": 2, "in_progress": 0, "completed": 1, "cancelled": 0])
            #expect(figures.byTag == ["x": 2, "y": 1])
            #expect(figures.estimate == 3.5)
            #expect(figures.estimateOpen == 2)
            let list = try await backlog.features.list(FeatureSearch(status: .planned, tag: "y"))
            #expect(list.features.map(\.title) == ["b"])
            let json = try JSONFormat.encoder.encode(try await backlog.features.update())
            let text = String(decoding: json, as: UTF8.self)
            #expect(text.contains(#""by_status":{"cancelled":0,"completed":1,"in_progress":0,"planned":2}"#))
            #expect(text.contains(#""task_id":null"#))
        }
    }
}
