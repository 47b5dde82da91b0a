import Loop
import Transport
import Wire
import Workflows

/// The files that tasks keep: a list, and each for downloading. They were written by whatever ran, so no browser shall
/// take one for a page of ours.
extension TaskEndpoints {
    var keeping: [Route] {
        [
            Route(
                .get, "/api/v1/tasks/{id}/artifacts", "List the files that a task kept",
                access: .atLeast(.viewer), documentation: TaskDocumentation.artifacts
            ) { call, loop async throws(HTTPError) in
                let id = try call.taskID()
                let found = try await Self.heed { () throws(TaskError) in
                    try await engine.artifacts(of: id, on: loop)
                }
                let artifacts = found.map { TaskMessages.Artifact(path: $0.path, size: $0.size) }
                return try .json(TaskMessages.Artifacts(artifacts: artifacts), headers: fresh)
            },
            Route(
                .get, "/api/v1/tasks/{id}/artifacts/{path...}", "Download a file that a task kept",
                access: .atLeast(.viewer), documentation: TaskDocumentation.artifact
            ) { call, loop async throws(HTTPError) in try await download(call, on: loop) },
        ]
    }

    private func download(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let (id, path) = (try call.taskID(), call.parameter("path"))
        let opened = try await Self.heed { () throws(TaskError) in
            try await engine.openArtifact(path, of: id, on: loop)
        }
        guard let opened, let file = OpenFile(opened.file) else {
            throw HTTPError(
                .notFound,
                "The task \(id) has kept no file \"\(path.prefix(200))\"; its artifacts are listed.")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? "artifact"
        let headers: HTTPHeaders = [
            .contentType: ContentType.of(name), .cacheControl: "no-store",
            "Content-Disposition": Self.attachment(name), "X-Content-Type-Options": "nosniff",
            .contentSecurityPolicy: "sandbox; default-src 'none'",
        ]
        guard call.request.head.method != .head else { return Response(.ok, headers: headers) }
        return Response(.ok, headers: headers, body: .stream(file.stream(by: offload)))
    }

    /// RFC 6266, with the name as RFC 8187 has it: no character of it can end the header or the quotes.
    static func attachment(_ name: String) -> String {
        let plain = name.utf8.map { byte in
            (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                ? byte : UInt8(ascii: "_")
        }
        var escaped = ""
        for byte in name.utf8 {
            let isPlain =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            escaped += isPlain ? String(UnicodeScalar(byte)) : "%" + Self.hex(byte >> 4) + Self.hex(byte & 15)
        }
        let quoted = String(decoding: plain, as: UTF8.self)
        return "attachment; filename=\"\(quoted)\"; filename*=UTF-8''\(escaped)"
    }

    private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16, uppercase: true) }
}
