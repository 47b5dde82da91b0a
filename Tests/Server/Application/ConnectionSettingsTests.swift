import Configuration
import Testing
import Transport

@testable import Server

@Suite struct ConnectionSettingsTests {
    private func settings(_ flags: [(String, String)]) throws -> Settings {
        let flags = flags.map { SettingSources.Flag($0.0, $0.1) }
        return try SettingSources(environment: ["HOME": "/"], flags: flags).read { Settings($0) }.settings
    }

    @Test func whatNobodySetsIsTheSameInTheSettingsAndInTheTransport() {
        let settings = Settings.declared.settings
        #expect(TransportPolicy(settings, traffic: Traffic()).values == TransportPolicy.Values())
        let (configured, standard) = (Admission(settings.limits), Admission())
        #expect(configured.limit == standard.limit)
        #expect(configured.limitPerHost == standard.limitPerHost)
    }

    @Test func whatSomebodySetsReachesTheConnections() throws {
        let settings = try settings([
            ("deadlines.request", "1s"), ("deadlines.linger", "20ms"), ("limits.connections", "7"),
            ("limits.connections_per_address", "3"),
        ])
        let values = TransportPolicy(settings, traffic: Traffic()).values
        #expect(values.request == .seconds(1))
        #expect(values.linger == .milliseconds(20))
        let admission = Admission(settings.limits)
        #expect(admission.limit == 7)
        #expect(admission.limitPerHost == 3)
    }
}
