import Configuration
import Feeds
import Loop
import Sessions
import Store
import Synchronization
import Transport
import Wire

extension HoldfastServer {
    /// Everything that can be asked, each room's part after the other, and what is made from the whole at the end.
    func makeRoutes() async throws -> [Route] {
        let builtIn = BuiltInFeeds(in: directory, on: group.loops[0])
        let feeds = FeedEndpoints(directory, sessions: sessions, mostBody: settings.limits.body)
        let live = LiveEndpoint([feeds.source], sessions: sessions, mostChannels: settings.limits.channels)
        var routes = HealthRoutes(loops: LoopHealth(group.loops), checks: readinessChecks).routes
        routes += AccountRoutes(accounts).routes() + AuditRoutes(audit).routes()
        routes += feeds.routes + live.routes + SessionEndpoints(sessions).routes
        routes.append(.version(Self.build, startedAt: startedAt))
        if settings.metrics.enabled { routes.append(.metrics(from: metricsSources)) }
        routes.append(
            .openAPI(describing: routes, build: Self.build, cookie: SessionCookie.name(isSecure: false)))
        if let folder = settings.staticFolder {
            let threshold = settings.compression.enabled ? settings.compression.threshold : nil
            routes.append(
                try StaticFiles(folder: folder, offload: offload, compressingFrom: threshold).route)
        }
        await builtIn.publish(routes)
        await builtIn.watch(systemWatch, every: settings.systemStatus.interval, in: offload, of: sessions)
        return routes
    }

    private var readinessChecks: [HealthRoutes.Check] {
        [
            { [self] _ in isDraining.load(ordering: .relaxed) ? "The server is shutting down." : nil },
            { [self] _ in
                do throws(StoreError) {
                    try await store.write(timeout: .seconds(2)) { _ in }
                    return nil
                } catch {
                    return error.description
                }
            },
        ]
    }

    private var metricsSources: [Route.MetricsSource] {
        [
            { [self] metrics, _ in
                metrics.add(admission.traffic)
                metrics.counter(
                    "accept_troubles_total", "Times a connection could not be accepted for want of descriptors or memory.",
                    acceptTroubles.load(ordering: .relaxed))
            },
            { [self] metrics, _ in metrics.add(await sessions.totals(), await sessions.snapshot()) },
            { [self] metrics, _ in metrics.add(group.loops) },
            { metrics, loop in
                guard let nursery = try? Nursery.shared() else { return }
                let zombies = try? await nursery.zombies(until: loop.now + .seconds(2), on: loop)
                metrics.add(nursery.counts, zombies: zombies)
            },
            { [self] metrics, _ in metrics.add(store.statistics) },
            { [self] metrics, _ in
                metrics.add(log)
                metrics.counter("audit_entries_dropped_total", "Audit entries that were not kept.", audit.dropped)
            },
            { [self] metrics, _ in journal.figures.collect(into: &metrics) },
            { [self] metrics, loop in
                let figures = try? await offload.run(until: loop.now + .seconds(2), on: loop) { ProcessFigures.read() }
                if let figures { metrics.add(figures, Self.build, startedAt: startedAt) }
            },
        ]
    }
}
