package import Configuration
package import Feeds

extension HealthThresholds {
    package init(_ settings: Settings.SystemStatus) {
        self.init()
        diskFreeDegraded = settings.diskFreeDegraded
        diskFreeDown = settings.diskFreeDown
        memoryFreeDegraded = settings.memoryFreeDegraded
        memoryFreeDown = settings.memoryFreeDown
        loadDegraded = settings.loadDegraded
        loadDown = settings.loadDown
    }
}
