import Glibc
import Loop
import TestKit
import Testing

/// What stands where the program's standard streams should be.
@Suite struct StreamTests {
    @Test func streamsThatItWasStartedWithoutLeadNowhere() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let script = #"exec "$0" serve --data data --listen 127.0.0.1:0 <&- >&- 2>&-"#
            let spec = ProcessSpec(
                "/bin/sh", ["-c", script, TestProgram.holdfast], environment: ["HOME": folder.path],
                directory: folder.path)
            let deadline = loop.clock.now + Holdfast.patience
            let server = try await ChildProcess.spawn(spec, until: deadline, on: loop)
            // Where it says that it serves, since it can say so nowhere else.
            while !contents(of: folder.file("data/holdfast.lock")).contains("http"), loop.clock.now < deadline
            {
                _ = await server.wait(until: loop.clock.now + .milliseconds(5), on: loop)
            }
            for stream in 0...2 {
                #expect(Self.target(of: "/proc/\(server.pid)/fd/\(stream)") == "/dev/null")
            }
            server.signal(SIGTERM)
            let end = await server.wait(until: deadline, on: loop)
            #expect(end?.exit == .exited(status: 0))
            _ = await server.stop(on: loop)
        }
    }

    @Test func aResultThatCannotBeSaidIsAFailure() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let spec = ProcessSpec(
                "/bin/sh", ["-c", #"exec "$0" config reference >&-"#, TestProgram.holdfast],
                directory: folder.path)
            let deadline = loop.clock.now + Holdfast.patience
            let program = try await ChildProcess.spawn(spec, until: deadline, on: loop)
            let end = await program.wait(until: deadline, on: loop)
            #expect(end?.exit == .exited(status: 1))
            _ = await program.stop(on: loop)
        }
    }

    private static func target(of link: String) -> String {
        var name = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink(link, &name, name.count)
        return String(decoding: name.prefix(max(length, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
