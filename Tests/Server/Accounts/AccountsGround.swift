import Configuration
import Glibc
import Loop
import Sessions
import Store
import Synchronization
import TestKit
import Testing
import Wire

@testable import Server
@testable import Transport

/// Accounts over a real store in a folder of its own, on a loop and a wall clock that are turned by hand.
struct AccountsGround: Sendable {
    let folder: String
    let clock = ManualClock()
    let wall = WallClock()
    let group: LoopGroup
    let sessions: Sessions
    let trail = HeardTrail()
    let store: Store
    let accounts: Server.Accounts
    let audit: StoredAudit
    let router: Router
    private let pool: Offload

    init(folder: String, _ settings: Settings) throws {
        self.folder = folder
        group = try LoopGroup(count: 1, clock: clock)
        sessions = Sessions(loops: group.loops, audit: trail) { Issue.record("a leak: \($0)") }
        store = try Store(folder: folder, migrations: AccountStorage.migrations + AuditTable.migrations)
        pool = try Offload(name: "passwords", threads: 1, capacity: 16)
        let wall = wall
        accounts = Server.Accounts(
            settings, storage: AccountStorage(store) { wall.now }, passwords: Passwords(pool: pool),
            sessions: sessions, audit: trail)
        audit = StoredAudit(store) { wall.now }
        router = try Router(AccountRoutes(accounts).routes() + AuditRoutes(audit).routes())
    }

    func close() async {
        await accounts.stop()
        await store.close()
        pool.stop()
        await group.stop()
    }

    var storage: AccountStorage { accounts.storage }
    var authenticator: Authenticator { Authenticator(accounts) }

    func account(_ name: String, _ role: Role, password: String? = nil) async throws {
        try await storage.create(name, role: role, passwordHash: try password.map(Passwords.hash))
    }

    /// A token of its own account, as a caller shows it.
    func token(_ role: Role = .operators, lifetime: Duration? = nil) async throws -> NewToken {
        let expires = lifetime.map { wall.now + $0 }
        return try await storage.createToken(named: "test", for: nil, role: role, expires: expires)
    }

    // MARK: Asking

    func head(
        _ method: HTTPMethod = .get, _ target: String = "/", _ headers: HTTPHeaders = [:]
    ) throws -> HTTPRequestHead {
        var headers = headers
        if !headers.contains(.host) { headers.append(.host, "127.0.0.1:8002") }
        return try HTTPRequestHead(method, HTTPTarget(target), headers: headers)
    }

    func identify(_ head: HTTPRequestHead, isSecure: Bool = false) async throws(HTTPError) -> Caller {
        let peer = SocketAddress(parsing: "192.0.2.1:9")!
        return try await authenticator.identify(
            head, accounts.approach(of: head, peer: peer, isSecure: isSecure))
    }

    func identify(bearer token: Secret) async throws -> Caller {
        try await identify(head(headers: token))
    }

    private func head(headers token: Secret) throws -> HTTPRequestHead {
        try head(.get, "/", [.authorization: "Bearer \(token.text)"])
    }

    /// Asks the route as the server would, with whatever the headers vouch for; a refusal is its status.
    func ask(
        _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders = [:], body: String? = nil,
        peer: String = "192.0.2.1:9", isSecure: Bool = false, on loop: isolated EventLoop
    ) async throws -> Answer {
        var headers = headers
        if body != nil { headers.append(.contentType, "application/json") }
        let head = try head(method, target, headers)
        let request = Transport.Request(
            head, body: Array((body ?? "").utf8), from: SocketAddress(parsing: peer)!, isSecure: isSecure,
            on: loop)
        guard case .found(let route, let parameters) = router.match(head) else {
            throw HTTPError(.notFound, "no such route: \(target)")
        }
        do throws(HTTPError) {
            let approach = accounts.approach(of: request)
            let caller = try await authenticator.identify(head, approach)
            try accounts.origins.check(head, approach, means: caller.means)
            if case .atLeast(let role) = route.access {
                guard let own = caller.role else {
                    throw HTTPError(.unauthorized, caller.unauthenticatedSentence)
                }
                guard own >= role else { throw HTTPError(.forbidden, "role") }
            }
            let call = Call(request: request, parameters: parameters, caller: caller)
            return Answer(try await route.handler(call, loop))
        } catch {
            return Answer(.problem(error))
        }
    }

    /// Turns both clocks, until `condition` holds or ten seconds of real time have passed.
    func advance(
        by span: Duration, on loop: isolated EventLoop, at place: SourceLocation = #_sourceLocation,
        until condition: () -> Bool
    ) async {
        wall.advance(by: span)
        clock.advance(by: span)
        do { try await eventually("it is so after \(span)", condition) } catch {
            Issue.record(error, sourceLocation: place)
        }
    }
}

/// What came back, read.
struct Answer {
    let status: UInt16
    let headers: HTTPHeaders
    let text: String

    init(_ response: Response) {
        status = response.head.status.code
        headers = response.head.headers
        if case .bytes(let bytes) = response.body {
            text = String(decoding: bytes, as: UTF8.self)
        } else {
            text = ""
        }
    }

    /// The value of a JSON text field, well enough for a test.
    func field(_ name: String) -> String? {
        guard let start = text.firstRange(of: "\"\(name)\":\"") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }

    /// The cookie as a browser sends it back.
    var cookie: HTTPHeaders {
        [.cookie: String(headers[.setCookie]?.prefix { $0 != ";" } ?? "")]
    }
}

/// A wall clock that is turned by hand.
final class WallClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_800_000_000_000)
    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
    func advance(by span: Duration) { milliseconds.withLock { $0 += span.milliseconds } }
}

final class HeardTrail: AuditTrail {
    private let entries = Mutex<[AuditEntry]>([])
    func record(_ entry: AuditEntry) { entries.withLock { $0.append(entry) } }
    var all: [AuditEntry] { entries.withLock { $0 } }
    func all(_ event: AuditEntry.Event) -> [AuditEntry] { all.filter { $0.event == event } }
}

/// Something open that remembers how it ended.
final class OpenPage: SessionBody {
    let peer = "page"
    private(set) var ending: Ending?
    func closed(_ report: SessionReport, on loop: isolated EventLoop) { ending = report.ending }
}

/// Runs `body` on the loop of a ground whose accounts have started.
func withAccounts(
    _ change: (inout Settings) -> Void = { _ in },
    _ body: @Sendable (AccountsGround, isolated EventLoop) async throws -> Void
) async throws {
    let folder = temporaryFolder()
    defer { removeFolder(folder) }
    var settings = Settings.declared.settings
    change(&settings)
    let ground = try AccountsGround(folder: folder, settings)
    do {
        try await ground.accounts.start(on: ground.group.loops[0])
        try await run(body, ground, on: ground.group.loops[0])
    } catch {
        await ground.close()
        throw error
    }
    await ground.close()
}

private func run(
    _ body: @Sendable (AccountsGround, isolated EventLoop) async throws -> Void, _ ground: AccountsGround,
    on loop: isolated EventLoop
) async throws {
    try await body(ground, loop)
}

private func temporaryFolder() -> String {
    var template = Array("/tmp/holdfast-accounts-XXXXXX".utf8CString)
    return unsafe template.withUnsafeMutableBufferPointer { template in
        guard let start = template.baseAddress, let made = unsafe mkdtemp(start) else {
            fatalError("mkdtemp: \(errno)")
        }
        return unsafe String(cString: made)
    }
}

/// The names of the files in a folder.
func files(in path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(path + "/" + name) }
    }
    return names
}

private func removeFolder(_ path: String) {
    for file in files(in: path) { unsafe unlink(file) }
    unsafe rmdir(path)
}
