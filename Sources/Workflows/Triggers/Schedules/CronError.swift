/// What is wrong with a cron expression, for whoever wrote it.
package struct CronError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
