/// When the machine counts as degraded and when as down. Shares are in hundredths.
package struct HealthThresholds: Equatable, Sendable {
    package var diskFreeDegraded = 10
    package var diskFreeDown = 2
    package var memoryFreeDegraded = 10
    package var memoryFreeDown = 3
    package var loadDegraded = 200
    package var loadDown = 1000
    package init() {}
}
