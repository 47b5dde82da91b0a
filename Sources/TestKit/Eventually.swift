import Loop

/// Comes back when `condition` holds; throws what it waited for when it does not within `patience`.
///
/// For what nobody announces: the kernel, other processes, figures that are only counted. Whatever can be heard of is
/// to be awaited where it is said.
package func eventually(
    _ what: String, within patience: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws {
    let deadline = SystemClock().now + patience
    while try await !condition() {
        guard SystemClock().now < deadline else { throw TestFailure("waited in vain until \(what)") }
        // Between two looks.
        try await Task.sleep(for: .milliseconds(1))
    }
}
