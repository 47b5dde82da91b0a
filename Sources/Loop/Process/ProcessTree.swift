/// What ties together all processes that come from one child: the child leads a session, and each bears a
/// mark in its environment that survives forks, new sessions and the loss of parents.
package struct ProcessTree: Hashable, Sendable {
    static let markerName = "HOLDFAST_SESSION"

    package let leader: CInt
    let birth: UInt64
    let marker: String

    /// The marks of no two children are the same, whichever life of the server each is from.
    static func makeMarker(of birth: UInt64) -> String { "\(Nursery.life)-\(birth)" }
}
