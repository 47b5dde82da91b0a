package import Loop
package import Transport
package import Wire
import Synchronization

/// The files of one folder, served as they are.
///
/// Read on threads that may block, kept in memory up to a bound, and looked at again when they were last looked at
/// more than a second ago. Nothing outside the folder is served, whatever links lead there, and nothing hidden.
package final class StaticFiles: Sendable {
    private static let freshness = Duration.seconds(1)
    private static let patience = Duration.seconds(10)

    private enum Found {
        case file(StaticFile)
        case large(OpenFile)
        case folder
        case nothing

        var isThere: Bool {
            if case .nothing = self { return false }
            return true
        }
    }

    private let root: String
    private let offload: Offload
    private let threshold: Int?
    private let cache: Mutex<FileCache>

    /// - Parameters:
    ///   - compressingFrom: from how many bytes on a file is compressed; nil for never.
    package init(
        folder: String, offload: Offload, cacheBytes: Int = 64 << 20,
        compressingFrom threshold: Int? = 1 << 10
    ) throws(SystemError) {
        guard let root = FolderPath.real(folder) else { throw SystemError("open \(folder)") }
        self.root = root
        self.offload = offload
        self.threshold = threshold
        cache = Mutex(FileCache(capacity: cacheBytes))
    }

    /// Takes every address that no other route has.
    package var route: Route {
        Route(.get, "/{path...}", "A file of the static folder", access: .anyone) {
            call, loop throws(HTTPError) in
            try await self.answer(call.request, on: loop)
        }
    }

    /// What is kept in memory.
    package var cachedBytes: Int { cache.withLock { $0.bytes } }

    package func answer(_ request: Request, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        guard let name = FileName(request.head.target) else { throw Self.nothing(at: request) }
        let found = try await find(name, on: loop)
        let isReading = request.head.method == .get || request.head.method == .head
        if !isReading, found.isThere { return .methodNotAllowed(request, allow: "GET, HEAD, OPTIONS") }
        switch found {
        case .file(let file): return answer(file, name, request)
        case .large(let file): return answer(file, name, request)
        case .folder where !name.isIndex: return Self.redirect(request)
        case .folder, .nothing: throw Self.nothing(at: request)
        }
    }

    private func find(_ name: FileName, on loop: isolated EventLoop) async throws(HTTPError) -> Found {
        let known = cache.withLock { $0.take(name) }
        if let known, loop.now - known.checked < Self.freshness { return .file(known.file) }
        do {
            let found = try await offload.run(until: loop.now + Self.patience, on: loop) { [self] in
                try load(name, known: known?.file)
            }
            cache.withLock { cache in
                if case .file(let file) = found {
                    cache.keep(file, as: name, checked: loop.now)
                } else {
                    cache.remove(name)
                }
            }
            return found
        } catch is OffloadError {
            throw HTTPError(.serviceUnavailable, "The disk does not keep up; try again in a moment.")
        } catch {
            throw .internalError(error)
        }
    }

    /// Blocks.
    private func load(_ name: FileName, known: StaticFile?) throws(SystemError) -> Found {
        switch OpenFile.open(name.path, below: root) {
        case .nothing: return .nothing
        case .folder: return .folder
        case .file(let open):
            if let known, known.state == open.state { return .file(known) }
            if open.state.size > StaticFile.largest { return .large(open) }
            let bytes = try open.read(open.state.size, at: 0)
            return .file(StaticFile(name, bytes, open.state, compressingFrom: threshold))
        }
    }

    private func answer(_ file: StaticFile, _ name: FileName, _ request: Request) -> Response {
        var response = Response.cached(
            file.bytes, type: file.type, tag: file.state.tag, lastModified: file.state.lastModified,
            cacheControl: Self.cacheControl(name), for: request)
        guard let gzip = file.gzip, response.head.status == .ok else { return response }
        response.head.headers.vary(by: .acceptEncoding)
        guard HTTPAcceptEncoding(request.head.headers).prefersGzip else { return response }
        response.markAsGzip()
        response.body = .bytes(gzip)
        return response
    }

    private func answer(_ file: OpenFile, _ name: FileName, _ request: Request) -> Response {
        var response = Response.cached(
            [], type: ContentType.of(name.path), tag: file.state.tag, lastModified: file.state.lastModified,
            cacheControl: Self.cacheControl(name), for: request)
        guard response.head.status == .ok else { return response }
        response.body = request.head.method == .head ? .none : .stream(file.stream(by: offload))
        return response
    }

    private static func cacheControl(_ name: FileName) -> String {
        name.isHashed ? "public, max-age=31536000, immutable" : "no-cache"
    }

    private static func nothing(at request: Request) -> HTTPError {
        HTTPError(.notFound, "There is nothing at \(request.head.target.path).")
    }

    /// A folder is named with a slash at its end, or the links of its page would lead elsewhere.
    private static func redirect(_ request: Request) -> Response {
        let target = request.head.target
        // A path of two slashes would be read as the name of another host.
        let path = "/" + target.path.drop { $0 == "/" }
        let location = "\(path)/" + (target.query.map { "?\($0)" } ?? "")
        return Response(.permanentRedirect, headers: [.location: location])
    }
}
