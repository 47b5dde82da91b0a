import Glibc
import Loop
import Sessions
import Store
import Testing
import Wire

@testable import Server

@Suite struct ManagingTests {
    @Test func anAdminManagesAccounts() async throws {
        try await withAccounts { ground, loop in
            let admin = try await Self.bearer(.admin, ground)
            let new = #"{"name":"ann","role":"viewer","password":"correct horse battery"}"#
            let made = try await ground.ask(.post, "/api/v1/accounts", admin, body: new, on: loop)
            #expect(made.status == 201)
            #expect(made.headers[.location] == "/api/v1/accounts/ann")
            #expect(try await ground.ask(.post, "/api/v1/accounts", admin, body: new, on: loop).status == 409)
            let change = #"{"role":"operator"}"#
            let changed = try await ground.ask(.patch, "/api/v1/accounts/ann", admin, body: change, on: loop)
            #expect(changed.field("role") == "operator")
            let list = try await ground.ask(.get, "/api/v1/accounts", admin, on: loop)
            #expect(
                list.text.contains(#""name":"ann","role":"operator","has_password":true"#)
                    || list.field("name") == "ann")
            #expect(!list.text.contains("$y$"))
            #expect(try await ground.ask(.delete, "/api/v1/accounts/ann", admin, on: loop).status == 204)
            #expect(try await ground.ask(.delete, "/api/v1/accounts/ann", admin, on: loop).status == 404)
            #expect(ground.trail.all(.accountChanged).count == 3)
        }
    }

    @Test func onlyAdminsManageAccounts() async throws {
        try await withAccounts { ground, loop in
            let operators = try await Self.bearer(.operators, ground)
            for (method, path) in [
                (HTTPMethod.get, "/api/v1/accounts"), (.post, "/api/v1/accounts"),
                (.delete, "/api/v1/accounts/a"),
                (.patch, "/api/v1/accounts/a"),
            ] {
                let body = method == .get ? nil : #"{"role":"admin"}"#
                #expect(try await ground.ask(method, path, operators, body: body, on: loop).status == 403)
                #expect(try await ground.ask(method, path, body: body, on: loop).status == 401)
            }
        }
    }

    @Test(arguments: [
        (#"{"name":"ann"}"#, 422, "role"),
        (#"{"name":"ann","role":"king"}"#, 422, "role"),
        (#"{"name":7,"role":"viewer"}"#, 422, "must be text"),
        (#"{"name":"Ann Lee","role":"viewer"}"#, 422, "lower-case"),
        (#"{"name":"ann","role":"viewer","password":"short"}"#, 422, "at least 10"),
        (#"{"name":"#, 400, "it ends too early"),
        ("", 400, "it ends too early"),
        ("[]", 422, "The body"),
    ])
    func aWrongFieldIsNamed(_ body: String, _ status: UInt16, _ words: String) async throws {
        try await withAccounts { ground, loop in
            let admin = try await Self.bearer(.admin, ground)
            let answer = try await ground.ask(.post, "/api/v1/accounts", admin, body: body, on: loop)
            #expect(answer.status == status)
            #expect(answer.text.contains(words), "\(answer.text)")
        }
    }

    @Test func theLastAdminStays() async throws {
        try await withAccounts { ground, _ in
            try await ground.account("ann", .admin)
            try await ground.account("bob", .admin)
            try await ground.storage.remove("bob")
            let removal = await #expect(throws: HTTPError.self) { try await ground.storage.remove("ann") }
            #expect(removal?.status == .conflict)
            await #expect(throws: HTTPError.self) { try await ground.storage.setRole(.viewer, of: "ann") }
            try await ground.storage.setRole(.admin, of: "ann")
            #expect(try await ground.storage.accounts().map(\.role) == [.admin])
        }
    }

    @Test func oneChangesOnesOwnPasswordByKnowingIt() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer, password: "correct horse battery")
            try await ground.account("bob", .viewer, password: "correct horse battery")
            let elsewhere = try await SigningInTests.signIn("ann", on: ground, loop).cookie
            var here = try await SigningInTests.signIn("ann", on: ground, loop).cookie
            here.append(.origin, "http://127.0.0.1:8002")
            func change(_ name: String, _ body: String) async throws -> UInt16 {
                try await ground.ask(.patch, "/api/v1/accounts/\(name)", here, body: body, on: loop).status
            }
            let new = #""password":"another long one""#
            #expect(try await change("ann", "{\(new)}") == 422)
            #expect(try await change("ann", #"{\#(new),"current_password":"wrong"}"#) == 403)
            let right = #""current_password":"correct horse battery""#
            #expect(try await change("bob", "{\(new),\(right)}") == 403)
            #expect(try await change("ann", #"{"role":"admin",\#(right)}"#) == 403)
            #expect(try await change("ann", "{\(new),\(right)}") == 200)
            #expect(try await ground.ask(.get, "/api/v1/me", here, on: loop).status == 200)
            #expect(try await ground.ask(.get, "/api/v1/me", elsewhere, on: loop).status == 401)
            #expect(try await SigningInTests.signIn("ann", on: ground, loop).status == 401)
            let again = try await SigningInTests.signIn("ann", password: "another long one", on: ground, loop)
            #expect(again.status == 200)
        }
    }

    @Test func whoHasNoPasswordYetMakesTheFirst() async throws {
        try await withAccounts { ground, loop in
            let link = try #require(try await FirstStart.prepare(ground.storage, linkLifetime: .seconds(900)))
            var page = try await ground.ask(.get, link, on: loop).cookie
            page.append(.origin, "http://127.0.0.1:8002")
            func change(_ body: String) async throws -> UInt16 {
                try await ground.ask(.patch, "/api/v1/accounts/admin", page, body: body, on: loop).status
            }
            #expect(try await change(#"{"password":"a first password"}"#) == 200)
            // Whoever finds an admin's page open does not lock the admin out.
            #expect(try await change(#"{"password":"another password"}"#) == 422)
        }
    }

    // MARK: Tokens

    @Test func aTokenIsShownOnceAndMayDoWhatItsMakerMay() async throws {
        try await withAccounts { ground, loop in
            let operators = try await Self.bearer(.operators, ground)
            let made = try await ground.ask(
                .post, "/api/v1/tokens", operators, body: #"{"name":"ci","role":"viewer","expires_in":60}"#,
                on: loop)
            #expect(made.status == 201)
            let secret = try #require(made.field("token"))
            let id = try #require(made.field("id"))
            #expect(secret.hasPrefix("hf_"))
            let shown: HTTPHeaders = [.authorization: "Bearer \(secret)"]
            let me = try await ground.ask(.get, "/api/v1/me", shown, on: loop)
            #expect(me.field("role") == "viewer")
            let tooMuch = #"{"name":"ci","role":"admin"}"#
            #expect(
                try await ground.ask(.post, "/api/v1/tokens", operators, body: tooMuch, on: loop).status
                    == 422)
            // One that a token makes does not outlive it.
            let child = try await ground.ask(
                .post, "/api/v1/tokens", shown, body: #"{"name":"child"}"#, on: loop)
            #expect(child.field("expires_at") == made.field("expires_at"))
            let admin = try await Self.bearer(.admin, ground)
            let list = try await ground.ask(.get, "/api/v1/tokens", admin, on: loop)
            #expect(list.text.contains(id))
            #expect(!list.text.contains(secret))
            #expect(try await ground.ask(.delete, "/api/v1/tokens/\(id)", admin, on: loop).status == 204)
            #expect(try await ground.ask(.get, "/api/v1/me", shown, on: loop).status == 401)
        }
    }

    @Test func othersTokensAreNotThere() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .operators)
            try await ground.account("bob", .operators)
            let anns = try await ground.storage.createToken(
                named: "a", for: "ann", role: .viewer, expires: nil)
            let bobs = try await ground.storage.createToken(
                named: "b", for: "bob", role: .viewer, expires: nil)
            let bob: HTTPHeaders = [.authorization: "Bearer \(bobs.secret.text)"]
            let list = try await ground.ask(.get, "/api/v1/tokens", bob, on: loop)
            #expect(list.text.contains(bobs.token.id) && !list.text.contains(anns.token.id))
            let path = "/api/v1/tokens/\(anns.token.id)"
            #expect(try await ground.ask(.delete, path, bob, on: loop).status == 404)
            #expect(try await ground.storage.tokens().count == 2)
            await #expect(throws: HTTPError.self) {
                try await ground.storage.createToken(named: "c", for: "ann", role: .admin, expires: nil)
            }
        }
    }

    @Test func noSecretIsInTheDatabase() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer, password: "correct horse battery")
            let token = try await ground.token().secret.text
            let cookie = try await SigningInTests.signIn("ann", on: ground, loop).cookie[.cookie]
            let session = try #require(cookie?.split(separator: "=").last.map(String.init))
            let link = try await ground.storage.createLink(for: "ann", lifetime: .seconds(60)).text
            let bytes = files(in: ground.folder).flatMap(Self.contents)
            #expect(Self.holds(bytes, "token:") == false && Self.holds(bytes, "ann"))
            for secret in [token, String(token.dropFirst(3)), session, link, "correct horse battery"] {
                #expect(!Self.holds(bytes, secret))
            }
        }
    }

    private static func bearer(_ role: Role, _ ground: AccountsGround) async throws -> HTTPHeaders {
        [.authorization: "Bearer \(try await ground.token(role).secret.text)"]
    }

    private static func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        bytes.firstRange(of: Array(text.utf8)) != nil
    }

    private static func contents(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }
}
