import Synchronization

/// Who may connect: how many at once, in all and from one address. Shared by all listeners of a server.
package final class Admission: Sendable {
    package let traffic: Traffic
    package let limit: Int
    package let limitPerHost: Int
    private let hosts = Mutex<[String: PeerHost]>([:])

    /// The defaults are those of the settings, to which a test holds them.
    /// - Parameter perHost: connections from one address; Unix peers count as one host and are not limited.
    package init(connections: Int = 100_000, perHost: Int = .max, traffic: Traffic = Traffic()) {
        limit = connections
        limitPerHost = perHost
        self.traffic = traffic
    }

    /// Counts one more connection of `host`, or nil when a limit is reached. Whoever gets in must `leave`.
    func enter(_ host: String) -> PeerHost? {
        let admitted: PeerHost? = hosts.withLock { hosts in
            let peer = hosts[host] ?? PeerHost(host, self)
            guard traffic.open < limit, host == "unix" || peer.connections < limitPerHost else { return nil }
            peer.connections += 1
            hosts[host] = peer
            // Counted before anybody else can look, so that two loops do not share the last place.
            traffic.opened()
            return peer
        }
        if admitted == nil { traffic.turnedOneAway() }
        return admitted
    }

    fileprivate func leave(_ peer: PeerHost) {
        hosts.withLock { hosts in
            peer.connections -= 1
            if peer.connections == 0 { hosts[peer.name] = nil }
        }
        traffic.closed()
    }
}

/// An address that has connections; one instance for all of them.
package final class PeerHost: @unchecked Sendable {
    // @unchecked: `connections` is touched only under the Mutex of its Admission.
    package let name: String
    fileprivate var connections = 0
    private let admission: Admission

    fileprivate init(_ name: String, _ admission: Admission) {
        self.name = name
        self.admission = admission
    }

    /// Gives back what `enter` gave; once for each.
    func leave() { admission.leave(self) }
}
