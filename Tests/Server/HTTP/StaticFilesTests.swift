import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@testable import Server

@Suite struct StaticFilesTests {
    private func write(_ text: String, to path: String) throws {
        let file = unsafe fopen(path, "w")
        try #require(unsafe file != nil)
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    /// `site` is served; what is beside it is not.
    private func withFiles(
        _ body: @escaping @Sendable (StaticFiles, _ site: String, isolated EventLoop) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let site = folder.file("site")
        for name in [site, "\(site)/docs", "\(site)/.git", folder.file("site2")] {
            #expect(unsafe mkdir(name, 0o755) == 0)
        }
        try write("<h1>Home</h1>", to: "\(site)/index.html")
        try write("<h1>Docs</h1>", to: "\(site)/docs/index.html")
        try write(String(repeating: "body { color: red }\n", count: 200), to: "\(site)/style.css")
        try write("export {}", to: "\(site)/app-3f9a1c2e.js")
        try write("key", to: "\(site)/.git/config")
        try write("secret", to: folder.file("secret"))
        try write("secret", to: folder.file("site2/x"))
        #expect(unsafe symlink("../secret", "\(site)/link") == 0)
        #expect(unsafe symlink("../site2", "\(site)/elsewhere") == 0)
        #expect(unsafe symlink("style.css", "\(site)/inside.css") == 0)
        #expect(unsafe mkfifo("\(site)/pipe", 0o644) == 0)
        try await withLoop { loop, offload in
            try await body(try StaticFiles(folder: site, offload: offload), site, loop)
        }
    }

    private func get(
        _ files: StaticFiles, _ target: String, headers: HTTPHeaders = [:], on loop: isolated EventLoop
    ) async throws -> Response {
        let request = try request(.get, target, headers: headers, on: loop)
        do throws(HTTPError) { return try await files.answer(request, on: loop) } catch {
            return .refusal(error, of: request)
        }
    }

    @Test func aFileIsServedAsWhatItIs() async throws {
        try await withFiles { files, _, loop in
            let page = try await get(files, "/", on: loop)
            #expect(page.text == "<h1>Home</h1>")
            #expect(page.head.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.head.headers[.cacheControl] == "no-cache")
            #expect(page.head.headers[.lastModified] != nil)
            let style = try await get(files, "/inside.css", on: loop)
            #expect(style.head.headers[.contentType] == "text/css; charset=utf-8")
            let script = try await get(files, "/app-3f9a1c2e.js?v=1", on: loop)
            #expect(script.head.headers[.cacheControl] == "public, max-age=31536000, immutable")
        }
    }

    @Test func aFolderIsItsIndex() async throws {
        try await withFiles { files, _, loop in
            #expect(try await get(files, "/docs/", on: loop).text == "<h1>Docs</h1>")
            let named = try await get(files, "/docs?x=1", on: loop)
            #expect(named.head.status == .permanentRedirect)
            #expect(named.head.headers[.location] == "/docs/?x=1")
        }
    }

    @Test(arguments: [
        "/nothing", "/link", "/elsewhere/x", "/.git/config", "/docs/x%5csecret", "/docs%2Findex.html",
        "/pipe",
        "/style.css/", "/style.css/x", "//style.css", "/docs//index.html",
    ])
    func nothingElseIsServed(target: String) async throws {
        try await withFiles { files, _, loop in
            let response = try await get(files, target, on: loop)
            #expect(response.head.status == .notFound)
        }
    }

    @Test func whatIsThereCannotBeChanged() async throws {
        try await withFiles { files, _, loop in
            let router = try Router([files.route])
            for (target, status) in [
                ("/style.css", 405), ("/docs", 405), ("/nothing", 404), ("/.git/config", 404),
            ] {
                for method in [HTTPMethod.post, .put, .delete, HTTPMethod("FLY")] {
                    let request = try request(method, target, on: loop)
                    guard case .found(let route, let parameters) = router.match(request.head) else {
                        Issue.record("no route for \(method) \(target)")
                        continue
                    }
                    let response: Response
                    do throws(HTTPError) {
                        response = try await route.handler(call(request, parameters), loop)
                    } catch {
                        response = .refusal(error, of: request)
                    }
                    #expect(response.head.status.code == status)
                    #expect(response.head.headers[.allow] == (status == 405 ? "GET, HEAD, OPTIONS" : nil))
                }
            }
        }
    }

    @Test func whoeverHasTheFileIsToldSo() async throws {
        try await withFiles { files, _, loop in
            let first = try await get(files, "/style.css", on: loop)
            let tag = try #require(first.head.headers[.etag])
            let again = try await get(files, "/style.css", headers: [.ifNoneMatch: tag], on: loop)
            #expect(again.head.status == .notModified)
            #expect(again.head.headers[.etag] == tag)
            let date = try #require(first.head.headers[.lastModified])
            let since = try await get(files, "/style.css", headers: [.ifModifiedSince: date], on: loop)
            #expect(since.head.status == .notModified)
            let other = try await get(files, "/style.css", headers: [.ifMatch: "\"other\""], on: loop)
            #expect(other.head.status == .preconditionFailed)
        }
    }

    @Test func theCompressedFileHasATagOfItsOwn() async throws {
        try await withFiles { files, _, loop in
            let plain = try await get(files, "/style.css", on: loop)
            let small = try await get(files, "/style.css", headers: [.acceptEncoding: "gzip"], on: loop)
            #expect(plain.head.headers[.vary] == "Accept-Encoding")
            #expect(small.head.headers[.vary] == "Accept-Encoding")
            #expect(small.head.headers[.contentEncoding] == "gzip")
            #expect(gunzip(small.bytes) == plain.bytes)
            let tag = try #require(small.head.headers[.etag])
            #expect(tag != plain.head.headers[.etag])
            let again = try await get(
                files, "/style.css", headers: [.acceptEncoding: "gzip", .ifNoneMatch: tag], on: loop)
            #expect(again.head.status == .notModified)
            #expect(again.head.headers[.etag] == tag)
        }
    }

    @Test func aFileIsReadAgainWhenItHasChanged() async throws {
        let clock = ManualClock()
        let folder = try TemporaryFolder()
        try write("old", to: folder.file("a.txt"))
        let group = try LoopGroup(count: 1, clock: clock)
        let offload = try Offload(name: "test", threads: 1, capacity: 16)
        let files = try StaticFiles(folder: folder.path, offload: offload)
        try await change(files, folder, clock, on: group.loops[0])
        offload.stop()
        await group.stop()
    }

    private func change(
        _ files: StaticFiles, _ folder: TemporaryFolder, _ clock: ManualClock, on loop: isolated EventLoop
    ) async throws {
        #expect(try await get(files, "/a.txt", on: loop).text == "old")
        try write("newer", to: folder.file("a.txt"))
        #expect(try await get(files, "/a.txt", on: loop).text == "old")
        clock.advance(by: .seconds(2))
        while loop.now < clock.now { await Task.yield() }
        #expect(try await get(files, "/a.txt", on: loop).text == "newer")
        #expect(files.cachedBytes == 5)
        #expect(unsafe unlink(folder.file("a.txt")) == 0)
        clock.advance(by: .seconds(2))
        while loop.now < clock.now { await Task.yield() }
        #expect(try await get(files, "/a.txt", on: loop).head.status == .notFound)
        #expect(files.cachedBytes == 0)
    }

    @Test(arguments: [
        ("app-3f9a1c2e.js", true), ("app.3f9a1c2e.min.js", false), ("x/chunk.0a1b2c3d4e.css", true),
        ("app-5KXZ2ABC.js", true), ("report-20260131.js", false), ("deadbeef.js", false),
        ("well-documented.html", false), ("a-1b2c.js", false),
    ])
    func aNameWithAHashIsRecognised(path: String, isHashed: Bool) throws {
        #expect(try #require(FileName(HTTPTarget("/\(path)"))).isHashed == isHashed)
    }

    @Test func theCacheKeepsToItsBound() async throws {
        try await withFiles { files, site, loop in
            var cache = FileCache(capacity: 100)
            for number in 0..<10 {
                let name = try #require(FileName(HTTPTarget("/\(number).txt")))
                guard case .file(let open) = OpenFile.open("index.html", below: site) else {
                    Issue.record("no file")
                    return
                }
                let bytes = [UInt8](repeating: 0, count: number == 9 ? 101 : 30)
                cache.keep(
                    StaticFile(name, bytes, open.state, compressingFrom: nil), as: name, checked: loop.now)
                // The first is asked for again and again, and so it stays.
                #expect(cache.take(try #require(FileName(HTTPTarget("/0.txt")))) != nil)
                #expect(cache.bytes <= 100)
            }
            #expect(cache.count == 3)
        }
    }
}
