import Glibc
import Loop
import Testing

@testable import Server

@Suite struct LogWriterTests {
    /// A pipe whose reading end is this test's.
    private struct Pipe {
        let reading: CInt
        let writing: CInt

        init() throws {
            var ends: [CInt] = [0, 0]
            try #require(unsafe pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        /// Waits until there is something to read, but not for ever.
        func hasMore() -> Bool {
            var poll = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            return unsafe Glibc.poll(&poll, 1, 10_000) > 0
        }

        func closeBoth() {
            close(reading)
            close(writing)
        }

        /// All that was written, once nobody can write any more.
        func rest() -> [String] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while hasMore() {
                let count = unsafe read(reading, &buffer, buffer.count)
                if count <= 0 { break }
                bytes += buffer[..<count]
            }
            close(reading)
            return bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func whatIsQueuedAtTheEndIsWritten() throws {
        let pipe = try Pipe()
        let log = try LogWriter(descriptor: pipe.writing, format: .text)
        for number in 0..<100 { log.info("line \(number)") }
        log.stop()
        close(pipe.writing)
        let lines = pipe.rest()
        #expect(lines.count == 100)
        #expect(lines.last?.hasSuffix("msg=\"line 99\"") == true)
        #expect(log.dropped == 0)
    }

    @Test func linesBelowTheLevelAreNotEvenPutTogether() throws {
        let pipe = try Pipe()
        let log = try LogWriter(descriptor: pipe.writing, format: .text, level: .warning)
        func words() -> String {
            Issue.record("was put together")
            return ""
        }
        log.info(words())
        log.error("seen")
        log.level = .debug
        log.debug("seen too")
        log.stop()
        close(pipe.writing)
        #expect(pipe.rest().count == 2)
    }

    @Test func aLogThatIsNotReadHoldsNobodyUpAndCountsWhatItLost() throws {
        let pipe = try Pipe()
        let log = try LogWriter(descriptor: pipe.writing, format: .text, capacity: 64 << 10)
        let word = String(repeating: "x", count: 1000)
        let began = SystemClock().now
        for _ in 0..<1000 { log.info(word) }
        #expect(SystemClock().now - began < .seconds(5))
        #expect(log.dropped > 0)
        log.stop(within: .milliseconds(50))
        #expect(SystemClock().now - began < .seconds(10))
        pipe.closeBoth()
    }

    @Test func whenTheLogIsReadAgainItSaysHowManyLinesAreMissing() throws {
        let pipe = try Pipe()
        let log = try LogWriter(descriptor: pipe.writing, format: .text, capacity: 64 << 10)
        let word = String(repeating: "x", count: 1000)
        for _ in 0..<1000 { log.info(word) }
        let ending = try LoopThread(name: "ending") {
            log.stop(within: .seconds(20))
            close(pipe.writing)
        }
        let lines = pipe.rest()
        ending.join()
        // One for each time that there was room again.
        let missing = lines.filter { $0.contains("log lines were dropped") }.map { line in
            line.firstRange(of: "count=").flatMap { Int(line[$0.upperBound...]) } ?? 0
        }
        #expect(log.dropped > 0)
        #expect(missing.reduce(0, +) == log.dropped)
        #expect(lines.count == 1000 - log.dropped + missing.count)
    }

    @Test func aBrokenDescriptorEndsNothing() throws {
        let pipe = try Pipe()
        // A peer that goes away must cost lines and not the program.
        signal(SIGPIPE, SIG_IGN)
        close(pipe.reading)
        let log = try LogWriter(descriptor: pipe.writing, format: .json)
        log.info("into the void")
        log.stop()
        close(pipe.writing)
    }
}
