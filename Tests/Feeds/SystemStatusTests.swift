import Loop
import Testing
import Wire

@testable import Feeds

struct SystemStatusTests {
    private func reading(
        available: Int = 80, free: Int = 80, load: Int = 0, busy: Duration = .zero, stalls: Int = 0
    ) -> MachineReading {
        MachineReading(
            memoryTotal: 1000, memoryAvailable: available * 10, diskTotal: 1000, diskFree: free * 10,
            load: load,
            cores: 2, loopsBusy: [.zero, busy], stalls: stalls)
    }

    private func status(_ report: [UInt8], of component: String? = nil) throws -> String? {
        var object = try #require(JSONObject(minified: report))
        if let component {
            let components = try #require(object["components"])
            object = try #require(JSONObject(minified: Array(components)))
            let part = try #require(object[component])
            object = try #require(JSONObject(minified: Array(part)))
        }
        return object.text("status")
    }

    @Test(arguments: [
        ("memory", 9, 80, 0, "degraded"), ("memory", 2, 80, 0, "down"), ("disk", 80, 9, 0, "degraded"),
        ("disk", 80, 1, 0, "down"), ("load", 80, 80, 401, "healthy"), ("load", 80, 80, 402, "degraded"),
        ("load", 80, 80, 2002, "down"),
    ])
    func theWorstPartIsTheStateOfAll(
        component: String, available: Int, free: Int, load: Int, expected: String
    ) throws {
        var status = SystemStatus()
        let report = status.report(reading(available: available, free: free, load: load), HealthThresholds())
        #expect(try self.status(report, of: component) == expected)
        #expect(try self.status(report) == expected)
        var bytes = report
        try JSONValidator.minify(&bytes)
        #expect(bytes == report)
    }

    @Test func noiseChangesNothing() {
        var status = SystemStatus()
        let first = status.report(reading(available: 52, free: 50, load: 100), HealthThresholds())
        for step in 0..<100 {
            let noise = step % 3 - 1
            let next = status.report(
                reading(available: 52 + noise, free: 50 + noise, load: 100 + noise * 20), HealthThresholds())
            #expect(next == first)
        }
        #expect(status.report(reading(available: 30, free: 50, load: 100), HealthThresholds()) != first)
    }

    @Test func whatWasBadMustBecomeClearlyBetter() throws {
        var status = SystemStatus()
        let bounds = HealthThresholds()
        for (available, expected) in [(9, "degraded"), (10, "degraded"), (11, "degraded"), (12, "healthy")] {
            #expect(try self.status(status.report(reading(available: available), bounds)) == expected)
        }
    }

    @Test func aStallIsRememberedForAWhile() throws {
        var status = SystemStatus()
        let bounds = HealthThresholds()
        #expect(try self.status(status.report(reading(stalls: 3), bounds)) == "healthy")
        #expect(try self.status(status.report(reading(stalls: 4), bounds)) == "degraded")
        for _ in 1..<SystemStatus.looksToForgive {
            #expect(try self.status(status.report(reading(stalls: 4), bounds)) == "degraded")
        }
        #expect(try self.status(status.report(reading(stalls: 4), bounds)) == "healthy")
        #expect(try self.status(status.report(reading(busy: .seconds(6), stalls: 4), bounds)) == "down")
    }

    @Test func whatTheKernelWritesIsUnderstood() throws {
        #expect(
            try MachineReading.memory("MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable:   512 kB\n")
                == (2_097_152, 524_288))
        #expect(try MachineReading.load("1.25 0.5 0.1 1/100 1234\n") == 125)
        #expect(throws: MachineReadingError.self) { try MachineReading.memory("") }
        #expect(throws: MachineReadingError.self) { try MachineReading.load("x") }
    }
}
