import Glibc
import Loop

/// The workflows that tasks of the scenarios run. What they start bears a mark of its own, by which it is found in
/// `/proc` even where it has left its session, its parent and its group.
struct StressWorkflows {
    /// No other process on this machine has it: the argument of what sleeps, and a variable of everything.
    let mark: String
    /// A file to which each attempt adds a line before it does anything.
    let diary: String

    init(seed: UInt64) {
        // A number of seconds, in which another digit of the fraction makes no difference.
        mark = "1000.\(getpid())\(seed)"
        diary = "/tmp/holdfast-stress-diary-\(getpid())-\(seed)"
    }

    /// What a server takes away when the task did not begin anew by itself; the names of their files are theirs.
    static let names = ["short", "steady", "tree", "again", "two", "brief-tree"]

    /// Those that may run more than once.
    static let beginAnew: Set<String> = ["again"]

    var definitions: [String: String] {
        [
            "short.yaml": one("echo hello", more: "inputs:\n  n: {type: number}\n  word: {}\n"),
            "steady.yaml": one("for i in $(seq 100); do echo \"line $i\"; sleep 0.02; done"),
            "tree.yaml": one(Self.tree(mark) + "\nsleep 2"),
            "brief-tree.yaml": one(Self.tree(mark) + "\nsleep 0.1"),
            "again.yaml": one("echo begun; sleep 0.5; echo done", more: "on_interrupt: retry\n"),
            "two.yaml": """
            env: {STRESS_MARK: "\(mark)"}
            phases:
              first:
                run: |
                  \(note)
                  echo "word=from-first" >> "$HOLDFAST_OUTPUT"
                  echo '{"first": true}' >> "$HOLDFAST_STATE"
              second:
                needs: first
                env: {WORD: "${{ needs.first.outputs.word }}"}
                run: |
                  echo "$WORD"
                  sleep 0.1

            """,
        ]
    }

    /// A child, a grandchild in a session of its own, and one whose parent has gone; all ignore what can be ignored.
    private static func tree(_ mark: String) -> String {
        """
        trap '' INT TERM HUP
        sleep \(mark) &
        setsid sh -c 'trap "" INT TERM HUP; sleep \(mark) & wait' &
        ( ( setsid sleep \(mark) & ) & )
        echo grown
        """
    }

    private var note: String { #"echo "$HOLDFAST_TASK_ID" >> \#(diary)"# }

    private func one(_ script: String, more: String = "") -> String {
        let lines = (note + "\n" + script).split(separator: "\n").map { "      \($0)\n" }.joined()
        return "\(more)env: {STRESS_MARK: \"\(mark)\"}\nphases:\n  only:\n    run: |\n\(lines)"
    }

    /// How often each task has begun.
    func beginnings() -> [String: Int] {
        let text = String(decoding: ProcFile.contents(diary) ?? [], as: UTF8.self)
        return text.split(separator: "\n").reduce(into: [:]) { $0[String($1), default: 0] += 1 }
    }

    func removeDiary() { unsafe _ = unlink(diary) }
}
