/// A piece of work on its way through the store: waits, runs, and is settled exactly once.
protocol Job: AnyObject, Sendable {
    var asked: Moment { get }
    var deadline: Moment { get }
    /// Whether its caller has given up; what runs for it should stop.
    var isCancelled: Bool { get }
    /// Moves it from waiting to running. `false` when it was settled while it waited: then it never runs.
    func begin() -> Bool
    /// Runs its body and keeps the result until it is settled.
    func perform(on database: Database) throws(StoreError)
    /// Answers its caller: with the result that `perform` left, or with `error`.
    func settle(_ error: StoreError?)
    /// Answers its caller only if it has not begun.
    func giveUp(_ error: StoreError) -> Bool
}
