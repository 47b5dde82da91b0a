import Loop
import Testing
import Wire

@testable import Server

@Suite struct CallTests {
    @Test func aParameterIsReadAsWhatItStandsFor() async throws {
        try await withLoop { loop, _ in
            let call = call(try request(.get, "/x?limit=10", on: loop), ["number": "42", "name": "cpu"])
            #expect(try call.parameter("number", as: Int.self) == 42)
            #expect(call.parameter("name") == "cpu")
            #expect(try call.query("limit", as: Int.self) == 10)
            #expect(try call.query("after", as: Int.self) == nil)
        }
    }

    @Test func aPathThatCannotBeIsNotFoundAndAQueryThatCannotBeIsRefused() async throws {
        try await withLoop { loop, _ in
            let call = call(try request(.get, "/x?limit=many", on: loop), ["number": "four"])
            let path = await refusal { () throws(HTTPError) in try call.parameter("number", as: Int.self) }
            #expect(path?.status == .notFound)
            let query = await refusal { () throws(HTTPError) in try call.query("limit", as: Int.self) }
            #expect(query?.status == .badRequest)
            #expect(query?.sentence.contains("\"limit\"") == true)
        }
    }
}
