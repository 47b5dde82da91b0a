package import Loop

/// How a part of the system is looked at.
package protocol HealthProbe: Sendable {
    /// Says in a sentence that it is well, or throws why it is not, as the end of the sentence "It is down: …". It
    /// keeps to the deadline, and ends soon after it is cancelled.
    func probe(until deadline: Instant, on loop: isolated EventLoop) async throws -> String
}
