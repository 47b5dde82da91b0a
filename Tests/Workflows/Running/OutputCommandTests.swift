import Testing

@testable import Workflows

@Suite struct OutputCommandTests {
    @Test(
        arguments: [
            ("::notice::hello", .message(.notice, "hello")),
            ("  ::warning::two%0Alines and 100%25", .message(.warning, "two\nlines and 100%")),
            ("::ERROR file=src/a b.c,line=3,col=7,title=Bad::no", .message(.error, "src/a b.c:3:7: Bad: no")),
            ("::error title=a%2Cb%3Ac::x", .message(.error, "a,b:c: x")),
            ("::group::Build", .message(.group, "Build")), ("::endgroup::", .message(.endGroup, "")),
            ("::progress percent=40::half", .progress(40, "half")),
            ("::progress percent=140%::", .progress(100, "")),
            ("::progress::going", .progress(nil, "going")),
            ("::usage tokens=1200,cost=0.25::", .usage(["tokens": 1200, "cost": 0.25])),
            ("::usage tokens=1 cost=0.2::", .usage(["tokens": 1, "cost": 0.2])),
            ("::add-mask::p%25ss", .mask("p%ss")), ("::notice::a::b", .message(.notice, "a::b")),
        ] as [(String, OutputCommand)])
    func isUnderstood(_ line: String, _ command: OutputCommand) {
        #expect(OutputCommand(line.trimming(), from: .output) == command)
        #expect(
            unsafe Array(line.utf8).withUnsafeBytes { unsafe OutputCommand($0, from: .output) } == command)
    }

    @Test(arguments: [
        "", "::", "::::", "plain", "a ::notice::b", ":notice::x", "::notice:x", "::debug::x",
        "::set-output::x",
        "::progress percent=half::", "::progress percent=nan::", "::usage::", "::usage tokens=-1::",
        "::usage tokens=inf::", "::usage tokens=many::", "::state::{}", "C::D::e",
    ])
    func isAPlainLine(_ line: String) {
        #expect(OutputCommand(line, from: .output) == nil)
        #expect(unsafe Array(line.utf8).withUnsafeBytes { unsafe OutputCommand($0, from: .output) } == nil)
    }

    @Test func stateComesByItsOwnWayOnly() {
        #expect(OutputCommand("::state::{\"a\":1}", from: .events) == .state("{\"a\":1}"))
    }

    @Test(arguments: ["", "100%", "%0A", "a\nb\r%25", "::x::", "é,😀"])
    func whatIsEscapedIsReadBack(_ text: String) {
        let line = "::notice::\(CommandEscapes.escape(text: text))"
        #expect(!line.contains("\n") && OutputCommand(line, from: .events) == .message(.notice, text))
    }
}

extension String {
    fileprivate func trimming() -> String { String(drop { $0 == " " }) }
}
