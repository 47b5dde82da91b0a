import Configuration
import Glibc
import Loop
import Store
import Synchronization
import Transport
import Wire
import Workflows

extension HoldfastServer {
    /// Everything from the accounts to the line `ready`. When it throws, nothing listens.
    func start() async throws -> ([Listener], TLSContext?) {
        let link = try await prepareAccounts()
        try await prepareTasks()
        try await prepareTerminals()
        let application = try await makeApplication()
        let tls = try makeTLS()
        let (listeners, addresses) = try await listen(application, tls)
        let urls = addresses.map { $0.family == .unix ? "\($0)" : "\(tls == nil ? "http" : "https")://\($0)" }
        await tasks.begin()
        do throws(StoreError) {
            try store.announce(urls)
        } catch {
            // Whoever knows the address is served all the same.
            log.error("commands will not find this server by its folder", ["reason": .text("\(error)")])
        }
        print("ready \(urls.first ?? "")")
        log.info("ready", ["addresses": .text(urls.joined(separator: " ")), "data": .text(settings.data)])
        if let link { offer(link, at: urls.first { $0.hasPrefix("http") }) }
        return (listeners, tls)
    }

    /// - Returns: the path of a link that signs in the first admin, when the server has just made it.
    private func prepareAccounts() async throws -> String? {
        let storage = accounts.storage
        if let refusal = BindRules.check(settings, accountsExist: try await storage.hasCredentials()) {
            throw StartFailure(.configuration, refusal)
        }
        let isLocal = settings.listen.allSatisfy(\.isLocal)
        let link =
            isLocal
            ? try await FirstStart.prepare(storage, linkLifetime: settings.accounts.loginLinkLifetime) : nil
        try await accounts.start(on: group.loops[0])
        auditKeeper.start(on: group.loops[0])
        try await auditFeed.start(hearing: audit)
        return link
    }

    /// Every task is in a definite state before anybody can ask for one.
    private func prepareTasks() async throws {
        let folder = settings.workflowFolder
        let isKnown = try await tasks.hasReadWorkflows()
        do throws(SystemError) {
            if !isKnown, try WorkflowFolder.installExamples(in: folder) {
                log.info("made the folder of the workflows, with examples", ["folder": .text(folder)])
            }
        } catch {
            log.warning("there is no folder of workflows", ["reason": .text("\(error)")])
        }
        if let changes = try await tasks.openWorkflows() {
            log.tell(of: changes.problems, in: tasks.workflows.snapshot)
        } else {
            log.warning(
                "the folder of the workflows does not answer; they stay as they last were",
                ["folder": .text(folder)])
        }
        let recovery = try await tasks.start()
        if !recovery.isEmpty {
            log.info(
                "found tasks of an earlier life",
                [
                    "waiting": .number(recovery.waiting), "put_back": .number(recovery.putBack),
                    "interrupted": .number(recovery.interrupted),
                    "processes_ended": .number(recovery.processes),
                ])
        }
        taskFeeds.start()
        try await triggers.start()
        triggerFeeds.start()
        taskKeeper.start(on: group.loops[0])
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
    ) async throws(StartFailure) -> ([Listener], [SocketAddress]) {
        let policy = TransportPolicy(settings, traffic: admission.traffic)
        var listeners: [Listener] = []
        var addresses: [SocketAddress] = []
        for setting in settings.listen {
            guard let address = SocketAddress(setting) else {
                throw StartFailure(.configuration, "The address \(setting) cannot be listened to.")
            }
            let listener = Listener(
                application, policy: policy, admission: admission, tls: address.family == .unix ? nil : tls,
                unixMode: settings.unixSocketMode.bits, loops: group.loops
            ) { [self] error in
                acceptTroubles.add(1, ordering: .relaxed)
                log.error("connections cannot be accepted for now", ["reason": .text("\(error)")])
            }
            do {
                addresses.append(try await listener.start(on: address))
            } catch {
                for listener in listeners { await listener.stopAccepting() }
                throw StartFailure(listening: error)
            }
            listeners.append(listener)
        }
        return (listeners, addresses)
    }

    /// The way in for the person who starts a server for the first time: a link that is good once and not for
    /// long. It is for the eyes at a terminal; a log that is kept would keep it, and is only told how to get one.
    /// A browser cannot open a Unix socket, so there is no link to such a server that it could make up itself.
    private func offer(_ link: String, at url: String?) {
        guard let url, settings.log.format == .text || isatty(2) == 1 else {
            return log.info("made the account admin; `holdfast login-link` prints a link to sign in")
        }
        let minutes = settings.accounts.loginLinkLifetime.milliseconds / 60_000
        let text = "\nSign in as admin, once and within \(minutes) minutes:\n\n    \(url)\(link)\n\n"
        unsafe _ = write(2, text, text.utf8.count)
    }
}
