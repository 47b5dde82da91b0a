import Glibc
import Sessions
import Testing

@Suite struct EndingTests {
    @Test func everyReasonHasItsRow() {
        #expect(Ending.table.map(\.reason) == EndingReason.allCases)
        #expect(Set(Ending.table.map(\.name)).count == Ending.table.count)
    }

    @Test func namesAreSnakeCase() {
        for row in Ending.table {
            #expect(row.name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f }, "\(row.name)")
        }
    }

    @Test func whatMayNotBeSentIsNeverSent() {
        let refusals = (400...599).map { Ending.refused(status: $0) }
        for ending in EndingReason.allCases.map({ Ending($0) }) + refusals {
            guard let code = ending.closeCode else { continue }
            #expect(
                (1000...1003).contains(code) || (1007...1013).contains(code) || (4000...4499).contains(code))
        }
    }

    @Test(
        arguments: [
            (EndingReason.serverShutdown, 1001), (.protocolError, 1002), (.unsupportedData, 1003),
            (.invalidText, 1007), (.policyViolation, 1008), (.messageTooBig, 1009), (.internalError, 1011),
            (.tryAgainLater, 1013), (.idle, 4000), (.replaced, 4001), (.signedOut, 4002),
            (.notAnswering, 4004),
            (.deadline, 4008), (.completed, 1000),
        ] as [(EndingReason, UInt16)])
    func closesWithTheCodeOfTheDesign(reason: EndingReason, code: UInt16) {
        #expect(Ending(reason).closeCode == code)
    }

    @Test(arguments: [(401, 4401), (403, 4403), (404, 4404), (429, 4429), (418, 4418), (451, 4451)])
    func aRefusalClosesWithTheLastTwoDigitsOfItsStatus(status: Int, code: Int) {
        let ending = Ending.refused(status: status, "No such task")
        #expect(ending.closeCode == UInt16(code))
        #expect(ending.httpStatus == status)
        #expect(ending.closeText == "No such task")
    }

    @Test func aFaultOfTheServerIsNeverTakenForARefusalWithTheSameDigits() {
        #expect(Ending.refused(status: 503).closeCode == 1013)
        #expect(Ending.refused(status: 500).closeCode == 1011)
    }

    @Test func anInternalErrorQuotesItsID() {
        #expect(Ending.internalError(id: "7k3f").closeText == "Internal error 7k3f")
    }

    @Test func aLongReasonIsCutBetweenCharacters() {
        let ending = Ending(.policyViolation, String(repeating: "é", count: 100))
        #expect(ending.closeText == String(repeating: "é", count: 61))
        for row in Ending.table { #expect(Ending(row.reason).closeText == row.text) }
    }

    @Test func theTablePrintsARowForEachEnding() {
        let lines = Ending.markdown.split(separator: "\n")
        #expect(lines.count == Ending.table.count + 2)
        #expect(lines.contains { $0.hasPrefix("| `signed_out` | 4002 | 77 | 401 | no | `Signed out` |") })
    }
    @Test func theDocumentationHasTheTableAsItIs() {
        let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let page = Self.contents(of: root.joined(separator: "/") + "/docs/protocol.md")
        #expect(page.contains(Ending.markdown), "copy Ending.markdown to the end of docs/protocol.md")
    }

    /// Empty where there is no such file.
    private static func contents(of path: String) -> String {
        guard let file = unsafe fopen(path, "re") else { return "" }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }
}
