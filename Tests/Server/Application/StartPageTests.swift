import Testing
import Transport
import Wire

@testable import Server

@Suite struct StartPageTests {
    /// What stands between two tags.
    private func part(_ tag: String, of page: String) throws -> String {
        let rest = try #require(page.split(separator: "<\(tag)>", maxSplits: 1).dropFirst().first)
        return String(try #require(rest.split(separator: "</\(tag)>", maxSplits: 1).first))
    }

    /// A browser would run neither script nor style, and say so only to those who look.
    @Test func itsPolicyAllowsJustWhatStandsInIt() async throws {
        try await withLoop { loop, _ in
            let page = try await StartPage.route.handler(call(request(.get, "/", on: loop)), loop)
            let policy = try #require(page.head.headers["Content-Security-Policy"])
            for (directive, tag) in [("script-src", "script"), ("style-src", "style")] {
                let hash = Base64.encode(SecretDigest(of: try part(tag, of: page.text)).bytes)
                #expect(policy.contains("\(directive) 'sha256-\(hash)';"))
            }
            #expect(policy.hasPrefix("default-src 'none';"))
            #expect(!policy.contains("unsafe"))
        }
    }

    @Test func itIsNotSentTwice() async throws {
        try await withLoop { loop, _ in
            let page = try await StartPage.route.handler(call(request(.get, "/", on: loop)), loop)
            let headers: HTTPHeaders = ["If-None-Match": try #require(page.head.headers[.etag])]
            let again = try request(.get, "/", headers: headers, on: loop)
            let answer = try await StartPage.route.handler(call(again), loop)
            #expect(answer.head.status == .notModified)
            #expect(answer.bytes.isEmpty)
        }
    }
}
