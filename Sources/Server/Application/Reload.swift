import Configuration
import Feeds
import Loop
import Sessions
import Transport
import Workflows

/// What a server does on SIGHUP: reads its certificates and its settings again, and takes up those that can change
/// while it runs. What cannot be read leaves everything as it was, and says so. The audit trail has what changed by
/// name, and no value.
actor Reload {
    private let server: HoldfastServer
    private let tls: TLSContext?
    private let read: HoldfastServer.SettingsReader
    private let started: SettingReading<Settings>
    private var latest: SettingReading<Settings>

    init(
        _ server: HoldfastServer, _ started: SettingReading<Settings>,
        _ read: @escaping HoldfastServer.SettingsReader, _ tls: TLSContext?
    ) {
        self.server = server
        self.started = started
        self.read = read
        self.tls = tls
        latest = started
    }

    func perform() async {
        let reading: SettingReading<Settings>
        let plan: TriggerPlan
        do throws(ConfigurationError) {
            reading = try read()
            plan = try TriggerPlan(reading.settings)
            try TaskSecrets.check(reading)
        } catch {
            return refuse(error, about: error.subjects)
        }
        do throws(TLSError) { try tls?.reload() } catch { return refuse(error, about: ["tls"]) }
        await apply(reading.settings)
        await server.triggers.apply(plan)
        noteChanges(in: reading)
        latest = reading
    }

    private func apply(_ settings: Settings) async {
        server.accounts.apply(settings)
        server.auditKeeper.apply(settings.audit)
        server.taskKeeper.apply(TaskRetention.Bounds(settings.tasks))
        await server.tasks.apply(TaskSetting(settings))
        server.systemWatch.change(to: HealthThresholds(settings.systemStatus))
        await server.checks.apply(settings.systemStatus.checks)
        server.permissions.apply(settings.feeds.permissions)
        server.terminalTemplates.apply(settings.terminals.templates)
        server.terminalShares.endThose { !server.terminalTemplates.admits($0.maker, to: $0.record) }
        await server.feedWatches.apply(settings.feeds.watch)
        server.log.level = LogLevel(settings.log.level)
        server.logsRequests.isOn = settings.log.access
    }

    private func noteChanges(in reading: SettingReading<Settings>) {
        server.log.info("read certificates and settings again")
        let waiting = reading.needingRestart(since: started).map(\.name)
        if !waiting.isEmpty {
            server.log.warning(
                "some settings wait for a restart", ["settings": .text(waiting.joined(separator: " "))])
        }
        let changes = reading.changes(since: latest)
        var notes: [String] = tls == nil ? [] : ["certificate and key read again"]
        if !changes.isEmpty { notes.append("changed: " + Self.list(changes.map(\.name))) }
        let late = changes.filter { !$0.isReloadable }.map(\.name)
        if !late.isEmpty { notes.append("at the next start only: " + Self.list(late)) }
        if !notes.isEmpty { record(notes.joined(separator: "; ")) }
    }

    private func refuse(_ error: any Error, about subjects: [String]) {
        server.log.error("nothing was taken up; everything stays as it was", ["reason": .text("\(error)")])
        record("refused, nothing was changed: " + Self.list(subjects))
    }

    private func record(_ detail: String) {
        server.audit.record(AuditEntry(.configurationChanged, detail: detail))
    }

    private static func list(_ names: [String]) -> String {
        let most = 20
        let rest = names.count - most
        return names.prefix(most).joined(separator: " ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
