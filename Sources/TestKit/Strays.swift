package import Loop

/// The peers and clients that a test has on one loop, so that those of a test that failed half-way are closed.
package final class Strays {
    private var peers: [ScriptedPeer] = []
    private var clients: [TestClient] = []

    private static func on(_ loop: isolated EventLoop) -> Strays { loop.belonging(Strays.self) { Strays() } }

    static func note(_ peer: ScriptedPeer, on loop: isolated EventLoop) { Self.on(loop).peers.append(peer) }
    static func note(_ client: TestClient, on loop: isolated EventLoop) {
        Self.on(loop).clients.append(client)
    }

    /// Closes what is still open.
    package static func close(on loop: isolated EventLoop) {
        let strays = Self.on(loop)
        for peer in strays.peers { peer.close(on: loop) }
        for client in strays.clients { client.abort(on: loop) }
        loop.disown(Strays.self)
    }
}
