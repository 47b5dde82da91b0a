import Glibc
import Loop
import TestKit
import Testing
import Wire

/// What full-screen programs look like through `holdfast attach`: as they do without it, to the last colour.
@Suite(.enabled(if: TmuxServer.isThere, "tmux is not installed: Tools/setup endtoend")) struct ScreenTests {
    private enum Step {
        case keys([String])
        case shows(String)
        case resize(columns: Int, rows: Int)

        static func press(_ keys: String...) -> Step { .keys(keys) }
    }

    /// Runs a command in two panes, once as it is and once through the server, does the same in both, and compares.
    private static func expectSame(
        _ command: (String) -> String, _ steps: [Step], on ground: TerminalServer, on loop: isolated EventLoop
    ) async throws {
        let tmux = try await TmuxServer.start(in: ground.server.folder, on: loop)
        do {
            let token = try #require(ground.bearer["Authorization"]).dropFirst("Bearer ".count)
            let native = try await tmux.open("exec sh -c '\(command("native"))'", on: loop)
            let attached = try await tmux.open(
                "exec \(TestProgram.holdfast) attach --new --url \(ground.server.url) --token \(token) -- /bin/sh -c '\(command("attached"))'",
                on: loop)
            for step in steps {
                for pane in [native, attached] { try await perform(step, in: pane, of: tmux, on: loop) }
            }
            let deadline = loop.clock.now + Holdfast.patience
            while true {
                let one = try await tmux.screen(of: native, on: loop)
                let other = try await tmux.screen(of: attached, on: loop)
                if one == other { break }
                guard loop.clock.now < deadline else {
                    throw TestFailure("it looks like\n\(other)\nand without the server like\n\(one)")
                }
            }
        } catch {
            await tmux.stop(on: loop)
            throw error
        }
        await tmux.stop(on: loop)
    }

    private static func perform(
        _ step: Step, in pane: String, of tmux: TmuxServer, on loop: isolated EventLoop
    ) async throws {
        switch step {
        case .keys(let keys): try await tmux.press(keys, in: pane, on: loop)
        case .shows(let words): try await tmux.expect("“\(words)”", in: pane, on: loop) { $0.contains(words) }
        case .resize(let columns, let rows):
            try await tmux.resize(pane, columns: columns, rows: rows, on: loop)
        }
    }

    private static func writeLines(in folder: TemporaryFolder) throws -> String {
        let file = folder.file("lines")
        let lines = (1...300).map {
            "line \($0) of many: größer, 界, \(String(repeating: "long ", count: $0 % 40))\n"
        }
        try write(lines.joined(), to: file)
        return file
    }

    @Test func lessPagesSearchesAndFollowsTheSize() async throws {
        try await withTerminals { ground, loop in
            let file = try Self.writeLines(in: ground.server.folder)
            try await Self.expectSame(
                { _ in "LESSHISTFILE=- exec less \(file)" },
                [
                    .shows("line 1 of many"), .press("G"), .shows("line 300 of many"),
                    .press("/line 27", "Enter"),
                    .press("g"), .shows("line 1 of many"), .press("/many", "Enter"), .press("n"),
                    .resize(columns: 70, rows: 20), .press("60g"), .shows("line 60 of"),
                ], on: ground, on: loop)
        }
    }

    private static func isThere(_ program: String) -> Bool {
        unsafe access("/usr/bin/\(program)", X_OK) == 0
    }

    @Test(.enabled(if: ScreenTests.isThere("vim"), "vim is not installed: Tools/setup endtoend"))
    func vimEdits() async throws {
        try await withTerminals { ground, loop in
            let file = try Self.writeLines(in: ground.server.folder)
            try await Self.expectSame(
                { _ in "exec vim -N -u NONE -i NONE -n \(file)" },
                [
                    .shows("line 1 of many"), .press("Ohello wörld 界", "Escape"), .shows("hello wörld"),
                    .press(":set number hlsearch showmode", "Enter"), .shows("  3 line 2"), .press("G"),
                    .shows("301 line 300"),
                    .press("/many", "Enter"), .press("dd"), .press("vkk"), .shows("VISUAL"),
                    .resize(columns: 80, rows: 24), .shows("VISUAL"),
                ], on: ground, on: loop)
        }
    }

    /// Of one process that sleeps, in columns that stand still.
    @Test(.enabled(if: ScreenTests.isThere("htop"), "htop is not installed: Tools/setup endtoend"))
    func htopShowsAProcessAndItsMenus() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("exec sleep 98765", more: #","keep":true"#, on: loop)
            let pid = try #require(
                try await ground.ask(.get, "terminals/\(id)", on: loop).body.value(of: "pid"))
            for pane in ["native", "attached"] {
                try write(
                    """
                    config_reader_min_version=3
                    screen:Main=PID USER PRIORITY NICE M_VIRT STATE Command
                    .sort_key=PID
                    header_layout=two_50_50
                    column_meters_0=Hostname
                    column_meter_modes_0=2
                    column_meters_1=System
                    column_meter_modes_1=2
                    delay=100

                    """, to: ground.server.folder.file("htop-\(pane)"))
            }
            try await Self.expectSame(
                { "HTOPRC=\(ground.server.folder.file("htop-\($0)")) exec htop -d 100 -p \(pid)" },
                [
                    .shows("sleep 98765"), .press("F2"), .shows("Display options"), .press("Down"),
                    .shows("2 columns - 50/50"), .press("F10"), .shows("sleep 98765"), .press("/"),
                    .press("sle"), .shows("Search: sle"), .resize(columns: 80, rows: 24),
                    .shows("Search: sle"),
                ], on: ground, on: loop)
        }
    }

    @Test func tmuxSplitsItsWindow() async throws {
        try await withTerminals { ground, loop in
            let folder = ground.server.folder
            try write(
                "set -g status-right ''\nset -g status-left '[inner] '\nset -g automatic-rename off\nset -g default-command 'exec env \"PS1=> \" sh'\n",
                to: folder.file("inner.conf"))
            try await Self.expectSame(
                { "cd \(folder.path); exec tmux -S inner-\($0) -f inner.conf new-session -n one" },
                [
                    .shows("[inner]"), .shows(">"), .press("echo $((6 * 7))", "Enter"), .shows("42"),
                    .press("C-b", "%"), .shows("│"), .press("echo right", "Enter"), .shows("│right"),
                    .resize(columns: 80, rows: 24), .press("C-b", "["), .shows("[0/0]"),
                ], on: ground, on: loop)
        }
    }

    @Test func everyColourAndCharacterArrives() async throws {
        try await withTerminals { ground, loop in
            let file = ground.server.folder.file("colours")
            let colours = (0..<90).map { "\u{1B}[38;2;\($0 * 2);\(255 - $0);\($0);48;2;0;\($0);99m▀" }
                .joined()
            let styles = [1, 2, 3, 4, 7, 9].map { "\u{1B}[0;\($0)mstyle \($0)\u{1B}[0m " }.joined()
            let indexed = (16..<100).map { "\u{1B}[48;5;\($0)m " }.joined()
            try write(
                "\(colours)\u{1B}[0m\n\(styles)\n\(indexed)\u{1B}[0m\n界e\u{301}🙂 é ─┼─ ﬁ\n\u{1B}[10;40Hthere",
                to: file)
            try await Self.expectSame(
                { _ in "cat \(file); exec sleep 1000" }, [.shows("there")], on: ground, on: loop)
        }
    }
}
