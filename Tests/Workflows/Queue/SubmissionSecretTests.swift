import Loop
import TestKit
import Testing

@testable import Workflows

/// A secret of the configuration that somebody writes into a submission is masked before anything is stored.
@Suite struct SubmissionSecretTests {
    private static let workflow = """
        inputs: {text: {}, port: {type: number}}
        phases: {a: {run: 'echo "$HOLDFAST_REQUIREMENT" "$HOLDFAST_INPUT_TEXT" | tr a-z A-Z'}}
        """

    private static func hiding(_ setting: inout TaskSetting) {
        setting.secrets = ["KEY": "hunter-two", "PIN": "12345678"]
    }

    @Test func theTaskAndItsPhasesHaveItMasked() async throws {
        try await withWorkflows(["w": Self.workflow]) { data in
            try await EngineGround.run(in: data, Self.hiding) { ground, _ in
                let id = try await ground.submit("w") { request in
                    request.title = "Try hunter-two"
                    request.requirement = "Use hunter-two and aHVudGVyLXR3bw."
                    request.inputs = ["text": .text("(hunter-two)"), "port": .number(80)]
                    request.idempotencyKey = "k"
                }
                let task = try await ground.wait(for: id)
                #expect(task.title == "Try ***")
                #expect(task.requirement == "Use *** and ***w.")
                #expect(task.inputs == ["text": .text("(***)"), "port": .number(80)])
                let said = try await ground.said(id)
                // In capitals the mask of the output would not know it.
                #expect(said.contains { $0.contains("USE *** AND ***W. (***)") })
                #expect(!said.contains { $0.contains("hunter-two") })
                #expect(try await ground.requests().allSatisfy { !$0.contains("hunter") })
                let again = try await ground.wait(for: ground.engine.retry(id, by: "anna").id)
                #expect(again.requirement == task.requirement)
            }
        }
    }

    @Test func theSameRequestIsTheSameTaskWithASecretInItToo() async throws {
        try await withWorkflows(["w": Self.workflow]) { data in
            try await EngineGround.run(in: data, Self.hiding) { ground, _ in
                let request = TaskRequest(workflow: "w", requirement: "hunter-two", idempotencyKey: "k")
                let first = try await ground.engine.submit(request)
                let again = try await ground.engine.submit(request)
                #expect((first.record.id, again.isNew) == (again.record.id, false))
            }
        }
    }

    @Test func whatCannotBeMaskedIsRefusedAndNotRepeated() async throws {
        try await withWorkflows(["w": Self.workflow]) { data in
            try await EngineGround.run(in: data, Self.hiding) { ground, _ in
                let number = TaskRequest(workflow: "w", inputs: ["port": .number(12_345_678)])
                let key = TaskRequest(workflow: "w", idempotencyKey: "for-hunter-two")
                for (request, words) in [(number, "`port` must be a number"), (key, "Idempotency-Key")] {
                    let error = await #expect(throws: TaskError.self) {
                        try await ground.engine.submit(request)
                    }
                    #expect(error?.sentence.contains(words) == true)
                    #expect(error?.sentence.contains("12345678") == false)
                }
            }
        }
    }
}
