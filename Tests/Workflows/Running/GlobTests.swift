import Testing

@testable import Workflows

@Suite struct GlobTests {
    @Test(arguments: [
        ("a.txt", "a.txt"), ("*.txt", "a.txt"), ("dist", "dist/a/b.js"), ("dist/", "dist/x"),
        ("./dist/*", "dist/x"),
        ("**/*.log", "x.log"), ("**/*.log", "a/b/x.log"), ("a/**/b", "a/b"), ("a/**/b", "a/x/y/b"),
        ("a?c", "abc"),
        ("**", "a/b/c"), (".cache/*", ".cache/x"), ("*a*b*", "xaybz"), ("a/**", "a/b/c"),
    ])
    func fits(_ pattern: String, _ path: String) throws {
        let glob = try #require(Glob(pattern))
        #expect(glob.matches(path))
        var folder = path
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            #expect(glob.mayMatch(below: folder), "below \(folder)")
        }
    }

    @Test(arguments: [
        ("*.txt", "a/b.txt"), ("*", ".hidden"), ("**", ".git/config"), ("a?c", "ac"), ("dist", "distant"),
        ("a/*", "a/b/c"), ("*a*b", "xbya"),
    ])
    func doesNotFit(_ pattern: String, _ path: String) throws {
        let glob = try #require(Glob(pattern))
        #expect(!glob.matches(path))
    }

    @Test(arguments: ["/etc/passwd", "../x", "a/../../x", "", "/", "."])
    func leadsNowhere(_ pattern: String) { #expect(Glob(pattern) == nil) }

    @Test func foldersOfNoInterestAreNotEntered() {
        #expect(Glob("dist/*.js")?.mayMatch(below: "node_modules") == false)
        #expect(Glob("dist/*.js")?.mayMatch(below: "dist") == true)
    }
}
