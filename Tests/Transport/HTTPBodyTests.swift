import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct HTTPBodyTests {
    @Test(arguments: [1, 5, 4096])
    func aChunkedBodyArrivesHoweverItIsCut(portion: Int) async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            let head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            let body = "5\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\n\r\n"
            try await peer.send(Array((head + body).utf8), inPortionsOf: portion, on: loop)
            #expect(try await peer.answer(on: loop).body == "hello world!")
            peer.close(on: loop)
        }
    }

    @Test func aBodyThatNobodyTakesHoldsItsSenderBack() async throws {
        let gate = Gate()
        try await withServer(
            values: { $0.http.body = 64 << 20 },
            answering: { request, loop in
                await gate.pass(on: loop)
                var count = 0
                while let piece = try? await request.body.next(on: loop) { count += piece.count }
                return Response(.ok, body: .bytes(Array("\(count)".utf8)))
            }
        ) { server, loop in
            let size = 64 << 20
            let peer = try await server.connect(on: loop)
            try await peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n", on: loop)
            let piece = [UInt8](repeating: 97, count: 64 << 10)
            let sent = await peer.flood(piece, limit: size, patience: .milliseconds(300), on: loop)
            #expect(sent < size)
            // What waits for the handler, and one read beyond it.
            #expect(server.traffic.received <= (64 << 10) + (256 << 10) + 4096)
            peer.close(on: loop)
            gate.open()
        }
    }

    @Test func aBodyIsTakenAtThePaceOfItsHandler() async throws {
        try await withServer(
            values: { $0.http.body = 64 << 20 },
            answering: { request, loop in
                var count = 0
                while let piece = try? await request.body.next(on: loop) { count += piece.count }
                return Response(.ok, body: .bytes(Array("\(count)".utf8)))
            }
        ) { server, loop in
            let size = 16 << 20
            let peer = try await server.connect(on: loop)
            try await peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n", on: loop)
            try await peer.send([UInt8](repeating: 97, count: size), on: loop)
            #expect(try await peer.answer(on: loop).body == "\(size)")
            peer.close(on: loop)
        }
    }

    @Test func aBodyLargerThanAllowedIsRefusedWhenItsLengthIsTold() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(
                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", on: loop)
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 413 "))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func theNextRequestIsNotTakenForABodyThatNobodyRead() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(
                "POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc", on: loop)
            let (head, _) = try await peer.answer(on: loop)
            #expect(head.contains("Connection: close\r\n"))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }
}
