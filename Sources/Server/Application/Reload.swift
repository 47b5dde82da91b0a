import Configuration
import Feeds
import Loop
import Transport

/// What a server does on SIGHUP: reads its certificates and its settings again, and takes up those that can change
/// while it runs. What cannot be read leaves everything as it was, and says so.
actor Reload {
    private let server: HoldfastServer
    private let tls: TLSContext?
    private let read: HoldfastServer.SettingsReader
    private let started: SettingReading<Settings>

    init(
        _ server: HoldfastServer, _ started: SettingReading<Settings>,
        _ read: @escaping HoldfastServer.SettingsReader, _ tls: TLSContext?
    ) {
        self.server = server
        self.started = started
        self.read = read
        self.tls = tls
    }

    func perform() {
        do {
            let reading = try read()
            try tls?.reload()
            apply(reading.settings)
            let left = reading.needingRestart(since: started).map(\.name)
            server.log.info("read certificates and settings again")
            guard !left.isEmpty else { return }
            server.log.warning(
                "some settings wait for a restart", ["settings": .text(left.joined(separator: " "))])
        } catch {
            server.log.error(
                "nothing was taken up; everything stays as it was", ["reason": .text("\(error)")])
        }
    }

    private func apply(_ settings: Settings) {
        server.accounts.apply(settings)
        server.systemWatch.change(to: HealthThresholds(settings.systemStatus))
        server.log.level = LogLevel(settings.log.level)
        server.logsRequests.isOn = settings.log.access
    }
}
