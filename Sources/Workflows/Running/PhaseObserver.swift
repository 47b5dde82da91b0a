package import Loop

/// Whoever is told what a phase says and how it ends. Lives on the phase's loop; nothing is said after `ended`.
package protocol PhaseObserver: AnyObject {
    /// It has as much as it can take. Nothing more is read then, until `PhaseRun.resume`; what was read with one
    /// call, up to 256 KiB, is still said.
    var isFull: Bool { get }

    /// A line, or a piece of one: valid UTF-8, without secrets, lent for the time of the call.
    func said(
        _ text: UnsafeRawBufferPointer, _ stream: TaskEvent.Stream, _ level: TaskEvent.Level, isCut: Bool,
        by phase: PhaseRun, on loop: isolated EventLoop)

    /// - Parameter percent: nil where only the text is new.
    func progressed(
        to percent: Double?, _ text: String, by phase: PhaseRun, on loop: isolated EventLoop)

    /// Figures to be added up.
    func used(_ figures: [String: Double], by phase: PhaseRun, on loop: isolated EventLoop)

    /// - Parameter state: a JSON object, minified, to be merged into the task's.
    func changed(_ state: [UInt8], by phase: PhaseRun, on loop: isolated EventLoop)

    /// The last word. All of its processes are gone, and all that it held is given back.
    func ended(_ end: PhaseEnd, _ phase: PhaseRun, on loop: isolated EventLoop)
}
