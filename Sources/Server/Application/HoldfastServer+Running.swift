package import Configuration
import Feeds
import Glibc
import Loop
import Sessions
package import Store
import Synchronization
import Transport
import Wire
import Workflows

extension HoldfastServer {
    package static let migrations =
        AccountStorage.migrations + AuditTable.migrations + FeedOriginTable.migrations
        + TaskTable.migrations + EventTable.migrations + TaskQueueTable.migrations
        + KeptFeedTable.migrations + FeatureTable.migrations + TriggerMigrations.all

    /// Reads the settings from the file, the environment and the flags.
    package typealias SettingsReader =
        @Sendable () throws(ConfigurationError) -> SettingReading<Settings>

    /// Serves until it is told to stop; what the program exits with. `ready URL` goes to standard output when all
    /// addresses are served, and nothing else ever does.
    ///
    /// Signals must be blocked in the process before any thread exists (`Signals.blockForProcess`).
    ///
    /// - Parameter read: reads the settings from everywhere, at the start and again on SIGHUP.
    package static func run(_ read: @escaping SettingsReader) async throws -> ExitCode {
        let reading = try read()
        let plan = try TriggerPlan(reading.settings)
        try TaskSecrets.check(reading)
        let settings = reading.settings.log
        let isText = settings.format == .text || (settings.format == .auto && isatty(2) == 1)
        let log = try LogWriter(
            descriptor: 2, format: isText ? .text : .json, level: LogLevel(settings.level))
        defer { log.stop() }
        switch await StartFailure.catching({ try await make(reading.settings, plan, log: log) }) {
        case .success(let server):
            let outcome = await server.serve(reading, read)
            await server.close()
            return conclude(outcome, log)
        case .failure(let failure): return conclude(.failure(failure), log)
        }
    }

    private static func conclude(_ outcome: Result<ExitCode, StartFailure>, _ log: LogWriter) -> ExitCode {
        switch outcome {
        case .success(let code):
            log.info("stopped")
            return code
        case .failure(let failure):
            log.error("the server cannot start", ["reason": .text(failure.reason)])
            return failure.code
        }
    }

    private func serve(
        _ reading: SettingReading<Settings>, _ read: @escaping SettingsReader
    ) async -> Result<ExitCode, StartFailure> {
        await StartFailure.catching {
            // Before anything else: a server that cannot be told to stop must not serve.
            let signals = try await ServerSignals.open(on: group.loops[0])
            let outcome = await StartFailure.catching {
                let (listeners, tls) = try await start()
                return await obey(signals, Reload(self, reading, read, tls), listeners)
            }
            await signals.run { signals, loop in signals.close(on: loop) }
            return try outcome.get()
        }
    }

    /// Reloads until it is told to stop, and stops.
    private func obey(
        _ signals: LoopBound<ServerSignals>, _ reload: Reload, _ listeners: [Listener]
    ) async -> ExitCode {
        while case .reload? = await signals.run({ signals, loop in await signals.next(on: loop) }) {
            await reload.perform()
        }
        return await stop(listeners, heeding: signals)
    }

    // MARK: What it stands on

    private static func make(
        _ settings: Settings, _ plan: TriggerPlan, log: LogWriter
    ) async throws -> HoldfastServer {
        let store = try Store(folder: settings.data, migrations: migrations)
        do throws(SystemError) {
            return try await make(settings, plan, log: log, store)
        } catch {
            await store.close()
            throw error
        }
    }

    private static func make(
        _ settings: Settings, _ plan: TriggerPlan, log: LogWriter, _ store: Store
    ) async throws(SystemError) -> HoldfastServer {
        let group = try LoopGroup(count: settings.loops) { stall in
            log.warning(
                "a loop was held",
                [
                    "loop": .text(stall.loop), "ms": .number(Int(stall.lasted.milliseconds)),
                    "by": .text(stall.holder),
                ])
        }
        var pools: [Offload] = []
        do throws(SystemError) {
            let wanted = [
                ("offload", 4, 1024), ("passwords", 2, 64), ("watching", 2, 64), ("probing", 8, 1024),
                ("folders", 2, 1 << 16),
            ]
            for (name, threads, capacity) in wanted {
                pools.append(try Offload(name: name, threads: threads, capacity: capacity))
            }
        } catch {
            for pool in pools { pool.stop() }
            await group.stop()
            throw error
        }
        return HoldfastServer(
            settings, log: log, store: store, group: group, offload: pools[0], passwords: pools[1],
            watching: pools[2], probing: pools[3], folders: pools[4],
            feedOrigin: await feedOrigin(in: store, log),
            triggers: plan)
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
