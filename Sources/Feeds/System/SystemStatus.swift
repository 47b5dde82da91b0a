import Loop
import Wire

/// Judges the machine, and says so as the feed `system-status` does: in a sentence and a few figures for each part
/// that stay as they are until something has really changed.
struct SystemStatus {
    private var memoryFigure = SteadyFigure(step: 5)
    private var diskFigure = SteadyFigure(step: 2)
    private var loadFigure = SteadyFigure(step: 50)
    private var memoryHealth = SteadyHealth()
    private var diskHealth = SteadyHealth()
    private var loadHealth = SteadyHealth()
    private var stalls: Int?
    private var quietLooks = 0

    /// As many looks without a stall make the loops healthy again.
    static let looksToForgive = 15

    /// `{"status":"healthy","components":{"server":{"status":…,"message":…},…}}`
    mutating func report(
        _ reading: MachineReading, _ thresholds: HealthThresholds, checks: [ComponentStatus] = []
    ) -> [UInt8] {
        let parts = [
            ComponentStatus(name: "server", health: .healthy, message: "The server is serving.", figures: []),
            loops(reading), memory(reading, thresholds), disk(reading, thresholds), load(reading, thresholds),
        ]
        let components = parts + checks
        let worst = components.map(\.health).max() ?? .healthy
        var text = Array(#"{"status":"\#(worst.rawValue)","components":{"#.utf8)
        for (index, component) in components.enumerated() {
            if index > 0 { text.append(ASCII.comma) }
            Self.write(component, to: &text)
        }
        text += "}}".utf8
        return text
    }

    private mutating func loops(_ reading: MachineReading) -> ComponentStatus {
        if let stalls, reading.stalls > stalls { quietLooks = 0 } else { quietLooks += 1 }
        let isFirst = stalls == nil
        stalls = reading.stalls
        let held = reading.loopsBusy.filter { $0 > .seconds(5) }.count
        let health: Health =
            held > 0 ? .down : isFirst || quietLooks >= Self.looksToForgive ? .healthy : .degraded
        if isFirst { quietLooks = Self.looksToForgive }
        let message =
            switch health {
            case .healthy: "All event loops come round in time."
            case .degraded: "An event loop was held for more than 100 ms lately; the log says by whom."
            case .down: "\(held) of the event loops have not come round for 5 s."
            }
        return ComponentStatus(
            name: "loops", health: health, message: message,
            figures: [("count", reading.loopsBusy.count), ("stalls", reading.stalls)])
    }

    private mutating func memory(_ reading: MachineReading, _ bounds: HealthThresholds) -> ComponentStatus {
        let free = Self.share(reading.memoryAvailable, of: reading.memoryTotal)
        let health = memoryHealth.judge(
            100 - free, degradedAbove: 100 - bounds.memoryFreeDegraded,
            downAbove: 100 - bounds.memoryFreeDown,
            margin: 2)
        let message =
            switch health {
            case .healthy: "There is memory to spare."
            case .degraded: "Less than \(bounds.memoryFreeDegraded)% of the memory is available."
            case .down: "Less than \(bounds.memoryFreeDown)% of the memory is available."
            }
        return ComponentStatus(
            name: "memory", health: health, message: message,
            figures: [("total_bytes", reading.memoryTotal), ("available_percent", memoryFigure.follow(free))])
    }

    private mutating func disk(_ reading: MachineReading, _ bounds: HealthThresholds) -> ComponentStatus {
        let free = Self.share(reading.diskFree, of: reading.diskTotal)
        let health = diskHealth.judge(
            100 - free, degradedAbove: 100 - bounds.diskFreeDegraded, downAbove: 100 - bounds.diskFreeDown,
            margin: 1)
        let message =
            switch health {
            case .healthy: "There is room on the disk."
            case .degraded: "Less than \(bounds.diskFreeDegraded)% of the data folder's disk is free."
            case .down: "Less than \(bounds.diskFreeDown)% of the data folder's disk is free."
            }
        return ComponentStatus(
            name: "disk", health: health, message: message,
            figures: [("total_bytes", reading.diskTotal), ("free_percent", diskFigure.follow(free))])
    }

    private mutating func load(_ reading: MachineReading, _ bounds: HealthThresholds) -> ComponentStatus {
        let load = reading.load / reading.cores
        let health = loadHealth.judge(
            load, degradedAbove: bounds.loadDegraded, downAbove: bounds.loadDown,
            margin: max(10, bounds.loadDegraded / 10))
        let message =
            switch health {
            case .healthy: "The processors keep up."
            case .degraded:
                "More than \(bounds.loadDegraded)% of what the processors can do is asked of them."
            case .down: "More than \(bounds.loadDown)% of what the processors can do is asked of them."
            }
        return ComponentStatus(
            name: "load", health: health, message: message,
            figures: [("cores", reading.cores), ("load_percent", loadFigure.follow(load))])
    }

    private static func share(_ part: Int, of whole: Int) -> Int {
        whole > 0 ? Int((Double(part) / Double(whole) * 100).rounded(.down)) : 100
    }

    private static func write(_ component: ComponentStatus, to text: inout [UInt8]) {
        text += #""\#(component.name)":{"status":"\#(component.health.rawValue)","message":"#.utf8
        JSONText.quote(component.message, to: &text)
        for figure in component.figures { text += #","\#(figure.name)":\#(figure.value)"#.utf8 }
        text.append(UInt8(ascii: "}"))
    }
}
