import Configuration
import Loop
import Workflows

extension TaskSetting {
    /// What phases get of the environment is read once, here.
    init(_ settings: Settings) {
        let tasks = settings.tasks
        self.init(
            maxDuration: tasks.maxDuration, maxDurationInTests: tasks.maxDurationInTests,
            longestDuration: tasks.longestDuration, concurrency: tasks.concurrency, waiting: tasks.waiting,
            ladder: StopLadder(afterRequest: tasks.afterInterrupt, afterTerminate: tasks.afterTerminate),
            environment: TaskSecrets.values(tasks.environment), secrets: TaskSecrets.values(tasks.secrets),
            artifactBytes: tasks.artifactBytes, keepWork: tasks.keepWork, folder: settings.data)
    }
}

extension TaskRetention.Bounds {
    init(_ tasks: Settings.Tasks) {
        self.init(
            age: tasks.keep, count: tasks.count, eventBytes: Int64(tasks.outputBytes),
            bytes: tasks.keepBytes.map(Int64.init), workBytes: tasks.keepWorkBytes.map(Int64.init))
    }
}
