package import Loop
package import Wire

extension WebSocket {
    /// How much of a refusal's body is read for whoever asked.
    private static var refusalBytes: Int { 64 << 10 }

    /// Opens a WebSocket of a client. Throws `.refused` with the server's answer when it gives none.
    package static func connect(
        _ request: WebSocketRequest, by dialler: Dialler = Dialler(), policy: TransportPolicy,
        handler: any WebSocketHandler, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> (WebSocket, subprotocol: String?, headers: HTTPHeaders) {
        let key = WebSocketHandshake.makeKey()
        let asked = request.request(key: key)
        let bytes = try asked.bytes()
        let stream = try await dialler.connect(
            to: request.url, at: request.address, until: deadline, on: loop)
        let response = ClientResponse(to: .get, over: stream, limits: policy.values.http)
        do throws(ClientError) {
            try await stream.write(bytes, until: deadline, on: loop)
            try await response.readHead(until: deadline, on: loop)
            guard response.head.status == .switchingProtocols else {
                throw try await refusal(response, until: deadline, on: loop)
            }
            let agreed = try request.check(response.head, key: key)
            let socket = try open(response, agreed.deflate, policy, handler, on: loop)
            return (socket, agreed.subprotocol, response.head.headers)
        } catch {
            response.close(on: loop)
            throw error
        }
    }

    private static func refusal(
        _ response: ClientResponse, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> ClientError {
        let body: [UInt8]
        do throws(ClientError) {
            body = try await response.collect(upTo: refusalBytes, until: deadline, on: loop)
        } catch {
            // The status is what matters; a body that does not come whole is left out.
            body = []
        }
        return .refused(response.head, body: body)
    }

    private static func open(
        _ response: ClientResponse, _ deflate: PermessageDeflate?, _ policy: TransportPolicy,
        _ handler: any WebSocketHandler, on loop: isolated EventLoop
    ) throws(ClientError) -> WebSocket {
        var (stream, early) = response.release()
        let opened = stream.release { socket, watch in
            WebSocket(
                socket, watch: watch, role: .client, deflate: deflate, policy: policy, handler: handler,
                on: loop)
        }
        guard let webSocket = opened else { throw .lost("Closed") }
        unsafe early.withUnsafeMutableBytes { unsafe webSocket.start(after: [], received: $0, on: loop) }
        return webSocket
    }
}
