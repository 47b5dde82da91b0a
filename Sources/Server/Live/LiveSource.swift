package import Loop
package import Sessions
package import Wire

/// Whoever has something live that can be opened on a channel of the multiplexed socket: feeds, tasks, terminals.
package protocol LiveSource: Sendable {
    /// What is at the path, or nil when such paths are not this source's. Throws what the path, which is this
    /// source's, cannot be opened for: the channel ends with it.
    func open(_ request: LiveRequest, on loop: isolated EventLoop) throws(HTTPError) -> (any LiveTarget)?
}

/// What somebody wants to open.
package struct LiveRequest: Sendable {
    /// The segments behind `/api/v1/ws`, unescaped: `["feeds", "x"]`.
    package let path: [String]
    /// All members of the request, for what a source of its own wants to know.
    package let members: JSONObject
    package let caller: Caller
}

/// What is open on a channel.
package protocol LiveTarget: Sendable {
    /// What is read there, where it is at hand.
    var log: SharedLog? { get }

    /// The same where it has to be looked for. Its entries are live messages, JSON objects.
    func log(on loop: EventLoop) async throws(HTTPError) -> SharedLog

    /// Takes what was sent on the channel: JSON, minified.
    func send(
        _ data: [UInt8], from caller: Caller, on loop: isolated EventLoop
    ) throws(HTTPError) -> LiveSending
}

extension LiveTarget {
    package var log: SharedLog? { nil }
}

/// How far a sending has come.
package enum LiveSending {
    case done
    /// The rest happens on another loop. What is sent later waits until then.
    case later(@Sendable () async -> HTTPError?)
}
