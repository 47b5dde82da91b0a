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
        let feeds = FeedEndpoints(
            directory, permissions: permissions, mostBody: settings.limits.body)
        let boards = BoardEndpoints(taskFeeds, of: self.tasks)
        let tasks = TaskEndpoints(tasks, offload: offload)
        let terminals = makeTerminalEndpoints()
        let live = LiveEndpoint(
            [tasks.source, TerminalSource(), boards.source, feeds.source],
            mostChannels: settings.limits.channels)
        let loops = LoopHealth(group.loops)
        var routes = HealthRoutes(loops: loops, checks: readinessChecks).routes
        routes += AccountRoutes(accounts).routes() + AuditRoutes(audit).routes()
        routes +=
            tasks.routes + boards.routes + feeds.routes + live.routes + SessionEndpoints(sessions).routes
        routes += terminals.routes
        routes += TriggerEndpoints(triggers).routes + FeatureEndpoints(triggers.features).routes
        routes.append(.version(Self.build, startedAt: startedAt))
        if settings.metrics.enabled { routes.append(.metrics(from: try metricsSources(loops, terminals))) }
        routes.append(try settings.staticFolder.map(route(to:)) ?? StartPage.route)
        routes.append(.asyncAPI(describing: routes, build: Self.build))
        routes.append(
            .openAPI(describing: routes, build: Self.build, cookie: SessionCookie.name(isSecure: false)))
        await builtIn.publish(routes)
        await builtIn.watch(
            systemWatch, every: settings.systemStatus.interval, in: watching, of: sessions,
            parts: SystemParts(store, self.tasks, directory, triggers).all)
        await checks.apply(settings.systemStatus.checks)
        await feedWatches.apply(settings.feeds.watch)
        await restoreFeeds()
        return routes
    }

    /// A database that cannot be written keeps nobody from starting; the feeds are in it for the next time.
    private func restoreFeeds() async {
        do throws(StoreError) {
            try await keptFeeds.restore(into: directory, on: group.loops)
        } catch {
            log.error("kept feeds could not be brought back", ["reason": .text("\(error)")])
        }
    }

    private func route(to folder: String) throws(StartFailure) -> Route {
        if let files = FolderPath.real(folder), let data = FolderPath.real(settings.data),
            FolderPath.isInside(data, files) || FolderPath.isInside(files, data)
        {
            throw StartFailure(
                .configuration,
                "static_folder: \(folder) and the data folder, \(settings.data), are one in the other, so anybody "
                    + "could read the database. Keep them apart.")
        }
        let threshold = settings.compression.enabled ? settings.compression.threshold : nil
        do throws(SystemError) {
            return try StaticFiles(folder: folder, offload: offload, compressingFrom: threshold).route
        } catch {
            throw StartFailure(.configuration, "static_folder: \(error)")
        }
    }

    private var readinessChecks: [HealthRoutes.Check] {
        [
            { [self] _ in isDraining.load(ordering: .relaxed) ? "The server is shutting down." : nil },
            StoreReadiness(store).check,
        ]
    }

    private func metricsSources(_ loops: LoopHealth, _ terminals: TerminalEndpoints) throws -> [Route
        .MetricsSource]
    {
        [
            MetricsSources.traffic(admission.traffic), MetricsSources.sessions(sessions, on: loops),
            MetricsSources.loops(group.loops), MetricsSources.children(try Nursery.shared()),
            MetricsSources.store(store), MetricsSources.tasks(tasks), MetricsSources.triggers(triggers),
            MetricsSources.log(log),
            MetricsSources.terminals(self.terminals, terminals.figures, on: loops),
            MetricsSources.requests(journal),
            MetricsSources.audit { [audit] in (audit.waiting, audit.dropped) },
            MetricsSources.process(Self.build, startedAt: startedAt, offload: offload),
            { [self] metrics, _ in
                metrics.counter(
                    "accept_troubles_total",
                    "Times a connection could not be accepted for want of descriptors or memory.",
                    acceptTroubles.load(ordering: .relaxed))
            },
        ]
    }
}
