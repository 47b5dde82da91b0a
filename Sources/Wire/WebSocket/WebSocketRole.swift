/// Which end of a connection this is: a server expects masked frames, a client masks its own (RFC 6455, 5.1).
package enum WebSocketRole: Sendable {
    case server
    case client
}
