import Glibc
import Loop
import Terminals
import Transport
import Wire

/// Recordings of what terminals said, for downloading.
extension TerminalEndpoints {
    private static let patience = Duration.seconds(10)

    var recording: [Route] {
        [
            Route(
                .get, "/api/v1/terminals/{id}/recording", "Download a terminal's recording",
                access: .atLeast(.operators), documentation: TerminalDocumentation.recording
            ) { call, loop async throws(HTTPError) in try await download(call, on: loop) }
        ]
    }

    private func download(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let id = try call.parameter("id", as: TerminalID.self)
        // Whose it was is known as long as the terminal is; then it is for admins.
        if call.caller.role != .admin { _ = try await find(call) }
        // What it has said by now belongs to it, and a line that is being written does not.
        let whole = await (try? terminals.terminal(id))?.run { await $0.flushRecording(on: $1) }
        guard let file = try await open(id, on: loop) else {
            throw HTTPError(.notFound, "There is no recording of the terminal \(id).")
        }
        let headers: HTTPHeaders = [
            .contentType: "application/x-asciicast", .cacheControl: "no-store",
            "Content-Disposition": TaskEndpoints.attachment("\(id).cast"),
            "X-Content-Type-Options": "nosniff",
        ]
        guard call.request.head.method != .head else { return Response(.ok, headers: headers) }
        return Response(.ok, headers: headers, body: .stream(file.stream(by: offload, upTo: whole ?? .max)))
    }

    private func open(_ id: TerminalID, on loop: isolated EventLoop) async throws(HTTPError) -> OpenFile? {
        let path = "\(terminals.setting.recordings)/\(id).cast"
        do {
            return try await offload.run(until: loop.now + Self.patience, on: loop) {
                let raw = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                return raw < 0 ? nil : OpenFile(taking: raw)
            }
        } catch {
            throw HTTPError(.serviceUnavailable, "The disk does not answer; come again later.")
        }
    }
}
