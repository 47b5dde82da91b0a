import Configuration
import Loop
import Testing
import Transport
import Wire

@testable import Server

@Suite struct RulesTests {
    // MARK: Origins

    struct Case: Sendable, CustomTestStringConvertible {
        var headers: [(String, String)]
        var method = HTTPMethod.post
        var isSecure = false
        var verdict: OriginRules.Verdict
        var testDescription: String { "\(method) \(headers) → \(verdict)" }
    }

    static let cases = [
        Case(headers: [], verdict: .absent),
        Case(headers: [("Origin", "http://box:8002")], verdict: .same),
        Case(headers: [("Origin", "HTTP://BOX:8002")], verdict: .same),
        Case(headers: [("Origin", "https://box:8002")], verdict: .foreign),
        Case(headers: [("Origin", "https://box:8002")], isSecure: true, verdict: .same),
        Case(headers: [("Origin", "http://box:8003")], verdict: .foreign),
        Case(headers: [("Origin", "http://box")], verdict: .foreign),
        Case(headers: [("Origin", "http://evil:8002")], verdict: .foreign),
        Case(headers: [("Origin", "null")], verdict: .foreign),
        Case(headers: [("Origin", "http://box:8002"), ("Origin", "http://evil")], verdict: .foreign),
        Case(headers: [("Origin", "https://app.example.com")], verdict: .allowed),
        Case(headers: [("Origin", "https://app.example.com:443")], verdict: .allowed),
        Case(headers: [("Origin", "https://app.example.com.evil")], verdict: .foreign),
        Case(headers: [("Sec-Fetch-Site", "same-origin")], verdict: .same),
        Case(headers: [("Sec-Fetch-Site", "none")], verdict: .absent),
        Case(headers: [("Sec-Fetch-Site", "cross-site")], verdict: .foreign),
        Case(headers: [("Sec-Fetch-Site", "same-site")], verdict: .foreign),
        Case(headers: [("Sec-Fetch-Site", "cross-site")], method: .get, verdict: .absent),
        Case(headers: [("Origin", "http://box:8002"), ("Sec-Fetch-Site", "cross-site")], verdict: .foreign),
        Case(headers: [("Origin", "https://front"), ("Sec-Fetch-Site", "same-origin")], verdict: .same),
    ]

    @Test(arguments: cases) func whoseThePageIsThatAsks(_ one: Case) throws {
        let rules = OriginRules(allowed: ["https://app.example.com"])
        let head = try head(one.method, one.headers)
        #expect(rules.judge(head, approach(head, isSecure: one.isSecure)) == one.verdict)
    }

    @Test func aForeignPageChangesNothingAndOpensNoSocket() throws {
        let foreign = [("Origin", "http://evil")]
        let upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
        for means in [Caller.Means.nothing, .bearer, .cookie, .subprotocol, .ticket] {
            for method in [HTTPMethod.post, .put, .patch, .delete] {
                #expect(refusal(method, foreign, means) == .forbidden)
            }
            #expect(refusal(.get, foreign + upgrade, means) == .forbidden)
            #expect(refusal(.get, foreign, means) == nil)
            #expect(refusal(.post, [("Origin", "http://box:8002")], means) == nil)
            #expect(refusal(.get, [("Origin", "http://box:8002")] + upgrade, means) == nil)
        }
    }

    @Test func aCookieAloneChangesNothingWithoutAnOrigin() throws {
        #expect(refusal(.post, [], .cookie) == .forbidden)
        #expect(refusal(.delete, [("Sec-Fetch-Site", "same-origin")], .cookie) == nil)
        #expect(refusal(.get, [], .cookie) == nil)
        #expect(refusal(.post, [], .bearer) == nil)
        #expect(refusal(.post, [], .nothing) == nil)
    }

    private func refusal(
        _ method: HTTPMethod, _ headers: [(String, String)], _ means: Caller.Means
    ) -> HTTPStatus? {
        do throws(HTTPError) {
            let head = try head(method, headers)
            try OriginRules(allowed: []).check(head, approach(head, isSecure: false), means: means)
            return nil
        } catch { return error.status }
    }

    private func head(
        _ method: HTTPMethod, _ headers: [(String, String)]
    ) throws(HTTPError) -> HTTPRequestHead {
        var fields: HTTPHeaders = [.host: "box:8002"]
        for (name, value) in headers { fields.append(HTTPHeaderName(name), value) }
        return try HTTPRequestHead(method, HTTPTarget("/"), headers: fields)
    }

    private func approach(
        _ head: HTTPRequestHead, peer: String = "192.0.2.1:9", isSecure: Bool, proxies: [NetworkRange] = []
    ) -> Approach {
        Approach(head, peer: SocketAddress(parsing: peer)!, isSecure: isSecure, trustedProxies: proxies)
    }

    // MARK: Proxies

    private let forwarded = [
        ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "holdfast.example"),
        ("X-Forwarded-For", "203.0.113.9, 198.51.100.7, 10.0.0.2"),
    ]

    @Test func onlyTrustedProxiesAreBelieved() throws {
        let head = try head(.get, forwarded)
        let proxies = [try NetworkRange(text: "10.0.0.0/8")]
        let stranger = approach(head, isSecure: false, proxies: proxies)
        #expect((stranger.scheme, stranger.authority, stranger.address) == ("http", "box:8002", "192.0.2.1"))
        let trusted = approach(head, peer: "10.0.0.1:5", isSecure: false, proxies: proxies)
        // The last address that is no proxy: what stands before it, anybody could have written.
        #expect(
            (trusted.scheme, trusted.authority, trusted.address)
                == ("https", "holdfast.example", "198.51.100.7"))
        #expect(trusted.origin == "https://holdfast.example")
        #expect(approach(head, peer: "unix:/run/h", isSecure: false).isSecure)
    }

    // MARK: Where the server listens

    @Test func otherMachinesNeedAccountsAndTLSOrSoManyWords() throws {
        var settings = Settings.declared.settings
        #expect(BindRules.check(settings, accountsExist: false) == nil)
        settings.listen = [.standard, try ListenAddress(text: "0.0.0.0:80")]
        #expect(BindRules.check(settings, accountsExist: true)?.contains("tls.certificate") == true)
        settings.insecure.allowRemoteWithoutTLS = true
        #expect(BindRules.check(settings, accountsExist: true) == nil)
        #expect(BindRules.check(settings, accountsExist: false)?.contains("holdfast user add") == true)
        settings.insecure.allowRemoteWithoutAccounts = true
        #expect(BindRules.check(settings, accountsExist: false) == nil)
        settings.insecure = Settings.declared.settings.insecure
        settings.tls.certificate = "/c"
        #expect(BindRules.check(settings, accountsExist: true) == nil)
    }
}
