extension Settings {
    /// When the machine counts as degraded and when as down. Shares are in hundredths.
    package struct SystemStatus: Sendable, Equatable {
        package var interval: Duration
        package var diskFreeDegraded: Int
        package var diskFreeDown: Int
        package var memoryFreeDegraded: Int
        package var memoryFreeDown: Int
        package var loadDegraded: Int
        package var loadDown: Int
        package var checks: [Check]

        init(_ section: SettingSection) {
            let share = ValueKind.percent(0...100)
            let load = ValueKind.percent(1...100_000)
            interval = section.value(
                "interval", .duration(.milliseconds(100) ... .hours(1)), default: .seconds(2),
                "How often the machine is looked at.")
            diskFreeDegraded = section.value(
                "disk_free_degraded", share, default: 10, reload: true,
                "The data folder's disk is degraded with less than this free.")
            diskFreeDown = section.value(
                "disk_free_down", share, default: 2, reload: true, "It is down with less than this free.")
            memoryFreeDegraded = section.value(
                "memory_free_degraded", share, default: 10, reload: true,
                "Memory is degraded with less than this available.")
            memoryFreeDown = section.value(
                "memory_free_down", share, default: 3, reload: true,
                "It is down with less than this available.")
            loadDegraded = section.value(
                "load_degraded", load, default: 200, reload: true,
                "The load is degraded when one minute's average exceeds this share of the cores.")
            loadDown = section.value(
                "load_down", load, default: 1000, reload: true, "It is down when it exceeds this share.")
            checks = section.list(
                "checks", named: \.name, reload: true,
                "Other parts that the feed `system-status` shows, each looked at by itself."
            ) { Check($0) }
            section.require(
                diskFreeDown <= diskFreeDegraded, "disk_free_down", "is more than `disk_free_degraded`")
            section.require(
                memoryFreeDown <= memoryFreeDegraded, "memory_free_down",
                "is more than `memory_free_degraded`")
            section.require(loadDown >= loadDegraded, "load_down", "is less than `load_degraded`")
        }
    }
}
