package import Configuration
import Feeds
import Glibc
import Loop
import Sessions
package import Store
import Synchronization
import Transport
import Wire

extension HoldfastServer {
    package static let migrations =
        AccountStorage.migrations + AuditTable.migrations + FeedOriginTable.migrations

    /// Serves until it is told to stop; what the program exits with. `ready URL` goes to standard output when the
    /// first address is served, and nothing else ever does.
    ///
    /// Signals must be blocked in the process before any thread exists (`Signals.blockForProcess`).
    ///
    /// - Parameter read: reads the settings from everywhere, at the start and again on SIGHUP.
    package static func run(_ read: @escaping SettingsReader) async throws -> ExitCode {
        let reading = try read()
        let settings = reading.settings
        let isText = settings.log.format == .text || (settings.log.format == .auto && isatty(2) == 1)
        guard
            let log = try? LogWriter(
                descriptor: 2, format: isText ? .text : .json, level: LogLevel(settings.log.level))
        else { return .unavailable }
        defer { log.stop() }
        do {
            let server = try await make(settings, log: log)
            let code = await server.serve(reading, read)
            await server.close()
            log.info("stopped")
            return code
        } catch {
            log.error("the server cannot start", ["reason": .text("\(error)")])
            return .unavailable
        }
    }

    private static func make(_ settings: Settings, log: LogWriter) async throws -> HoldfastServer {
        let store = try Store(folder: settings.data, migrations: migrations)
        let group = try LoopGroup(count: settings.loops) { stall in
            log.warning(
                "a loop was held",
                [
                    "loop": .text(stall.loop), "ms": .number(Int(stall.lasted.milliseconds)),
                    "by": .text(stall.holder),
                ])
        }
        let offload = try Offload(name: "offload", threads: 4, capacity: 1024)
        let passwords = try Offload(name: "passwords", threads: 2, capacity: 64)
        let watching = try Offload(name: "watching", threads: 2, capacity: 64)
        return HoldfastServer(
            settings, log: log, store: store, group: group, offload: offload, passwords: passwords,
            watching: watching, feedOrigin: await feedOrigin(in: store, log))
    }

    /// A disk that is full keeps nobody from starting; then the clock alone says where feeds begin.
    private static func feedOrigin(in store: Store, _ log: LogWriter) async -> UInt64 {
        do {
            return try await FeedOriginTable.advance(in: store)
        } catch {
            log.warning(
                "where the feeds begin could not be written down; if the clock is set back, their numbers may repeat",
                ["reason": .text("\(error)")])
            return FeedOrigin.next(after: nil, at: .now)
        }
    }

    /// Reads the settings from the file, the environment and the flags.
    package typealias SettingsReader =
        @Sendable () throws(ConfigurationError) -> SettingReading<Settings>

    private func serve(_ reading: SettingReading<Settings>, _ read: @escaping SettingsReader) async
        -> ExitCode
    {
        do {
            let link = try await prepareAccounts()
            let application = try await makeApplication()
            let tls = try makeTLS()
            let (listeners, addresses) = try await listen(application, tls)
            announce(addresses, link, isSecure: tls != nil)
            await obeySignals(Reload(self, reading, read, tls), on: group.loops[0])
            await stop(listeners)
            return .success
        } catch {
            log.error("the server cannot start", ["reason": .text("\(error)")])
            return .unavailable
        }
    }

    // MARK: Starting

    /// - Returns: the path of a link that signs in the first admin, when the server has just made it.
    private func prepareAccounts() async throws -> String? {
        let storage = accounts.storage
        if let refusal = BindRules.check(settings, accountsExist: try await storage.hasCredentials()) {
            throw HTTPError(.serviceUnavailable, refusal)
        }
        let isLocal = settings.listen.allSatisfy(\.isLocal)
        let link =
            isLocal
            ? try await FirstStart.prepare(storage, linkLifetime: settings.accounts.loginLinkLifetime) : nil
        try await accounts.start(on: group.loops[0])
        auditKeeper.start(on: group.loops[0])
        return link
    }

    private func makeApplication() async throws -> Application {
        let compression = ResponseCompression(
            threshold: settings.compression.enabled ? settings.compression.threshold : .max, offload: offload)
        return Application(
            router: try Router(try await makeRoutes()), accounts: accounts,
            authenticator: Authenticator(accounts), sessions: sessions, journal: journal,
            compression: compression)
    }

    private func makeTLS() throws -> TLSContext? {
        guard let certificate = settings.tls.certificate, let key = settings.tls.key else { return nil }
        return try TLSContext(certificate: certificate, key: key)
    }

    private func listen(
        _ application: Application, _ tls: TLSContext?
    ) async throws -> ([Listener], [SocketAddress]) {
        let policy = TransportPolicy(settings, traffic: admission.traffic)
        var listeners: [Listener] = []
        var addresses: [SocketAddress] = []
        for setting in settings.listen {
            guard let address = SocketAddress(setting) else {
                throw HTTPError(.internalServerError, "The address \(setting) cannot be listened to.")
            }
            let listener = Listener(
                application, policy: policy, admission: admission, tls: address.family == .unix ? nil : tls,
                loops: group.loops
            ) { [self] error in
                acceptTroubles.add(1, ordering: .relaxed)
                log.error("connections cannot be accepted for now", ["reason": .text("\(error)")])
            }
            do {
                addresses.append(try await listener.start(on: address))
            } catch {
                for listener in listeners { await listener.stopAccepting() }
                throw error
            }
            listeners.append(listener)
        }
        return (listeners, addresses)
    }

    private func announce(_ addresses: [SocketAddress], _ link: String?, isSecure: Bool) {
        let urls = addresses.map { $0.family == .unix ? "\($0)" : "\(isSecure ? "https" : "http")://\($0)" }
        let first = urls.first ?? ""
        print("ready \(first)")
        log.info("ready", ["addresses": .text(urls.joined(separator: " ")), "data": .text(settings.data)])
        if let link { offer(first + link) }
    }

    /// The way in for the person who starts a server for the first time: a link that is good once and not for
    /// long. It is for the eyes at a terminal; a log that is kept would keep it, and is only told how to get one.
    private func offer(_ link: String) {
        guard settings.log.format == .text || isatty(2) == 1 else {
            return log.info("made the account admin; `holdfast login-link` prints a link to sign in")
        }
        let minutes = settings.accounts.loginLinkLifetime.milliseconds / 60_000
        let text = "\nSign in as admin, once and within \(minutes) minutes:\n\n    \(link)\n\n"
        unsafe _ = write(2, text, text.utf8.count)
    }

    // MARK: Serving and stopping

    private func obeySignals(_ reload: Reload, on loop: isolated EventLoop) async {
        guard let signals = try? ServerSignals(on: loop) else { return }
        while case .reload = await signals.next(on: loop) { await reload.perform() }
        signals.close(on: loop)
    }

    /// WebSockets are told 1001, requests under way are answered; what is not done at the deadline is cut.
    private func stop(_ listeners: [Listener]) async {
        isDraining.store(true, ordering: .relaxed)
        log.info("stopping")
        for listener in listeners { await listener.stopAccepting() }
        let clock = SystemClock()
        let deadline = clock.now + settings.deadlines.drain
        async let left = sessions.drain(within: settings.deadlines.drain)
        for listener in listeners {
            let cut = await listener.drain(until: deadline)
            if cut > 0 { log.warning("connections were cut at the deadline", ["count": .number(cut)]) }
        }
        let count = await left.count
        if count > 0 { log.warning("sessions were not closed at the deadline", ["count": .number(count)]) }
    }
}

extension LogLevel {
    init(_ level: Settings.Log.Level) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}
