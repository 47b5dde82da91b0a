import Configuration
import Testing
import Workflows

/// Reads a text as the file `w.yaml`.
func readWorkflow(_ text: String, name: String = "w") -> (workflow: Workflow?, mistakes: [String]) {
    let mistakes = Mistakes()
    let workflow = Workflow.read(Array(text.utf8), file: "w.yaml", name: name, noting: mistakes)
    return (workflow, mistakes.inOrder.map(\.description))
}

@Suite struct WorkflowReadingTests {
    @Test func everyKeyOfAFileIsRead() throws {
        let (read, mistakes) = readWorkflow(
            """
            name: nightly
            title: Nightly build
            description: |
              Builds
              at night.
            inputs:
              level: {type: choice, options: [low, high], default: low, title: Level}
              count: {type: number, default: 3}
              dry-run: {type: boolean, required: true, description: Only look}
            max_duration: 1h30m
            concurrency: 2
            env:
              MODE: "level ${{ inputs.level }}"
              EMPTY:
            secrets: [DEPLOY_KEY]
            on_interrupt: retry
            phases:
              last:
                title: The end
                run: [echo, "${{ phases.first.outputs.version }}", "a, b"]
                needs: [middle]
                if: always() && needs.middle.result != 'skipped'
                timeout: 90s
                retries: {count: 4, delay: 2s, factor: 1.5, longest: 1m}
                working_directory: build/${{ inputs.level }}
                env: {VERSION: "${{ needs.middle.outputs.version }}"}
                continue_on_error: true
                artifacts: [out/*.txt, "${{ task.id }}.log"]
                input: true
              first:
                run: echo $HOME
                artifacts: a,b
              middle: {run: "true", needs: first, retries: 2, working_directory: /srv}
            """)
        #expect(mistakes == [])
        let workflow = try #require(read)
        #expect(workflow.name == "nightly")
        #expect(workflow.title == "Nightly build")
        #expect(workflow.description == "Builds\nat night.\n")
        #expect(workflow.inputs.map(\.name) == ["level", "count", "dry-run"])
        #expect(workflow.inputs.map(\.kind) == [.choice(["low", "high"]), .number, .flag])
        #expect(workflow.inputs.map(\.standard) == [.text("low"), .number(3), nil])
        #expect(workflow.inputs.map(\.isRequired) == [false, false, true])
        #expect(workflow.inputs.map(\.title) == ["Level", "count", "dry-run"])
        #expect(workflow.maxDuration == .seconds(5400))
        #expect(workflow.concurrency == 2)
        let context = ExpressionContext(values: [
            "inputs.level": .text("low"), "phases.first.outputs.version": .text("7"), "task.id": .text("t"),
            "needs.middle.outputs.version": .text("8"), "needs.middle.result": .text("failure"),
        ])
        #expect(
            workflow.environment.mapValues { $0.text(in: context) } == ["MODE": "level low", "EMPTY": ""])
        #expect(workflow.secrets == ["DEPLOY_KEY"])
        #expect(workflow.onInterrupt == .retry)

        #expect(workflow.phases.map(\.name) == ["first", "middle", "last"])
        let (first, middle, last) = (workflow.phases[0], workflow.phases[1], workflow.phases[2])
        #expect(first.command == .script("echo $HOME"))
        #expect(first.artifacts == [Template("a,b")])
        #expect(!first.continueOnError && !first.takesInput && first.condition == nil && first.retries == nil)
        #expect(middle.needs == ["first"])
        #expect(middle.retries == .init(count: 2, delay: .seconds(1), factor: 2, longest: .seconds(60)))
        #expect(try middle.workingDirectory(in: context, below: "/t") == "/srv")
        #expect(last.title == "The end")
        guard case .program(let words) = last.command else { throw CancellationError() }
        #expect(words.map { $0.text(in: context) } == ["echo", "7", "a, b"])
        #expect(last.condition?.holds(in: context) == true)
        #expect(last.timeout == .seconds(90))
        #expect(last.retries == .init(count: 4, delay: .seconds(2), factor: 1.5, longest: .seconds(60)))
        #expect(try last.workingDirectory(in: context, below: "/t") == "/t/build/low")
        #expect(last.environment["VERSION"]?.text(in: context) == "8")
        #expect(try last.artifacts(in: context).map(\.text) == ["out/*.txt", "t.log"])
        #expect(last.continueOnError && last.takesInput)
    }

    @Test func phasesStandBehindWhatTheyNeedAndElseInTheOrderOfTheFile() {
        let (workflow, _) = readWorkflow(
            """
            phases:
              d: {run: a, needs: [c, a]}
              b: {run: a}
              c: {run: a, needs: b}
              a: {run: a}
            """)
        #expect(workflow?.phases.map(\.name) == ["b", "c", "a", "d"])
    }

    @Test func allMistakesComeOutAtOnceWithTheirPlaces() {
        let (workflow, mistakes) = readWorkflow(
            """
            titel: Build
            max_duration: 90
            concurrency: 0
            on_interrupt: retri
            inputs:
              Level: {type: choice}
              count: {type: number, default: many}
            env:
              HOLDFAST_INPUT_X: a
              2nd: [a]
            phases:
              build:
                run: ""
                neds: test
                env: {A: "${{ inputs.cuont }}"}
              test:
                needs: [biuld]
                if: inputs.count = 3
                artifacts: ../secret
                working_directory: a/../../b
            """)
        #expect(workflow == nil)
        #expect(
            mistakes == [
                "w.yaml:1:1: titel: is not a known key; did you mean `title`?",
                "w.yaml:2:15: max_duration: `90` has no unit: add `ms`, `s`, `m`, `h` or `d`",
                "w.yaml:3:14: concurrency: `0` is out of range: from 1 to 10000",
                "w.yaml:4:15: on_interrupt: `retri` is not one of `fail`, `retry`; did you mean `retry`?",
                "w.yaml:6:3: inputs.Level: is no name: write at most 64 of `a-z`, `0-9`, `-` and `_`, a letter or "
                    + "digit first",
                "w.yaml:6:10: inputs.Level.options: is missing: list what can be chosen",
                "w.yaml:7:34: inputs.count.default: `many` must be a number",
                "w.yaml:9:3: env.HOLDFAST_INPUT_X: is set by Holdfast itself: choose another name",
                "w.yaml:10:3: env.2nd: is no name of a variable: write letters, digits and `_`, no digit first",
                "w.yaml:10:8: env.2nd: must be a text, and this is a list",
                "w.yaml:13:10: phases.build.run: is empty: say what to run",
                "w.yaml:14:5: phases.build.neds: is not a known key; did you mean `phases.build.needs`?",
                "w.yaml:15:14: phases.build.env.A: `inputs.cuont`: there is no input `cuont`; did you mean `count`?",
                "w.yaml:17:5: phases.test.run: is missing: give a script, or a list of a program and its arguments",
                "w.yaml:17:12: phases.test.needs: there is no phase `biuld`; did you mean `build`?",
                "w.yaml:18:9: phases.test.if: `inputs.count = 3` is not right at character 14: write `==` to compare",
                "w.yaml:19:16: phases.test.artifacts: `../secret` leads out of the task's folder with `..`",
                "w.yaml:20:24: phases.test.working_directory: `a/../../b` leads out of the task's folder with `..`",
            ])
    }

    @Test(arguments: [
        ("a: {run: x, needs: b}\n  b: {run: x, needs: a}", "a → b → a"),
        ("a: {run: x, needs: a}", "a → a"),
        (
            "s: {run: x, needs: b}\n  b: {run: x, needs: [free, c]}\n  free: {run: x}\n  c: {run: x, needs: b}",
            "b → c → b"
        ),
    ])
    func aCircleOfNeedsIsNamed(phases: String, circle: String) {
        let mistakes = readWorkflow("phases:\n  \(phases)\n").mistakes
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.contains("`\(circle)`") == true, "\(mistakes)")
    }

    @Test(arguments: [
        ("", "phases: needs at least one phase"), ("phases:\n", "phases: needs at least one phase"),
        ("phases: [a]\n", "phases: must be a mapping of names"),
        ("phases:\n  a: {run: x}\n  a: {run: y}\n", "a: is given twice"),
        ("phases:\n  a: {run: [\"\"]}\n", "names no program"),
        ("phases:\n  a: {run: {x: y}}\n", "must be a script"),
        ("inputs: {a-b: , a_b: }\nphases: {a: {run: x}}\n", "the same variable `HOLDFAST_INPUT_A_B`"),
        ("inputs: {a: {options: [b]}}\nphases: {a: {run: x}}\n", "goes with `type: choice` only"),
        ("phases: {a: {run: x, artifacts: /etc/passwd}}\n", "is absolute"),
        (
            "phases: {a: {run: x, working_directory: \"/a/${{ inputs.b }}/..\"}}\ninputs: {b: }\n",
            "has `..` in it"
        ),
        (
            "phases: {a: {run: x, working_directory: \"${{ task.id }}/../..\"}}\n",
            "leads out of the task's folder"
        ),
        ("phases: {a: {run: x, env: {B: \"${{ success() }}\"}}}\n", "in `if:` only"),
        ("phases: {a: {run: x, if: phases.b.outputs.c}, b: {run: x}}\n", "`b` need not be over by then"),
        ("phases: {a: {run: x, if: needs.b.result}, b: {run: x}}\n", "`b` need not be over by then"),
        (
            "phases: {a: {run: x, if: phases.b.result, needs: b}, b: {run: x}}\n",
            "write `phases.NAME.outputs.KEY`"
        ),
        ("phases: {a: {run: x, if: github.ref}}\n", "`github.ref` is not known"),
        ("env: {A: \"${{ phases.a.outputs.b }}\"}\nphases: {a: {run: x}}\n", "no phase has ended yet here"),
        (
            "phases: {a: {run: x, retries: {count: 2, delay: 1m, longest: 1s}}}\n",
            "is shorter than the first pause"
        ),
        ("phases: {a: {run: x, needs: [b, b]}, b: {run: x}}\n", "names a phase twice"),
    ])
    func whatMakesNoSenseIsAMistake(text: String, part: String) {
        let (workflow, mistakes) = readWorkflow(text)
        #expect(workflow == nil)
        #expect(mistakes.contains { $0.contains(part) }, "\(mistakes)")
    }

    @Test func thereAreAtMostTwoHundredPhasesAndAHundredInputs() {
        let phases = { (count: Int) in "phases:\n" + (0..<count).map { "  p\($0): {run: x}\n" }.joined() }
        #expect(readWorkflow(phases(200)).workflow?.phases.count == 200)
        #expect(readWorkflow(phases(201)).mistakes.count == 1)
        let inputs = { (count: Int) in "inputs:\n" + (0..<count).map { "  i\($0):\n" }.joined() + phases(1) }
        #expect(readWorkflow(inputs(100)).workflow?.inputs.count == 100)
        #expect(readWorkflow(inputs(101)).mistakes.count == 1)
    }

    @Test func noExpressionStandsInAScript() {
        let (workflow, mistakes) = readWorkflow(
            """
            inputs: {my-name: }
            phases:
              a:
                run: |
                  echo hello
                  echo ${{ inputs.my-name }}
              b:
                needs: a
                run: echo ${{ needs.a.outputs.x }}
            """)
        #expect(workflow == nil)
        let refused = "no `${{ }}` in a script, since the shell would run what it comes to: "
        #expect(
            mistakes == [
                "w.yaml:6:1: phases.a.run: \(refused)use \"$HOLDFAST_INPUT_MY_NAME\", which is `inputs.my-name`",
                "w.yaml:9:10: phases.b.run: \(refused)write `env: { VALUE: \"${{ needs.a.outputs.x }}\" }` and use "
                    + "\"$VALUE\"",
            ])
    }

    @Test(arguments: ["sh, -c", "/bin/bash, -eu, -ec", "dash, -e, -c"])
    func noExpressionStandsInAScriptThatAListHandsToAShell(shell: String) {
        let file = { (item: String) in "inputs: {x: }\nphases: {a: {run: [\(shell), \(item)]}}\n" }
        let mistakes = readWorkflow(file("\"echo ${{ inputs.x }}\"")).mistakes
        #expect(mistakes.count == 1 && mistakes[0].contains("use \"$HOLDFAST_INPUT_X\""), "\(mistakes)")
        #expect(readWorkflow(file("'echo \"$1\"', a, \"${{ inputs.x }}\"")).mistakes == [])
    }

    @Test func theFileGivesTheNameWhereItsTextDoesNot() {
        let text = "phases: {a: {run: x}}\n"
        #expect(readWorkflow(text, name: "my-work_1").workflow?.name == "my-work_1")
        #expect(readWorkflow(text, name: "My work").workflow == nil)
        #expect(readWorkflow("name: fine\n" + text, name: "My work").workflow?.name == "fine")
        for name in ["../a", "Ab", "-a", "a b", String(repeating: "a", count: 65), "ä"] {
            #expect(readWorkflow("name: \"\(name)\"\n" + text).workflow == nil, "\(name)")
        }
    }
}
