import JSONCoding
import Loop
import Store
import Testing
import Transport
import Wire

@testable import Server

@Suite struct JSONTests {
    private struct Item: Codable, Equatable {
        struct Limits: Codable, Equatable { var maxBytes: Int }
        var itemName: String
        var sizes: [Int] = []
        var limits: Limits?
        var createdAt: Timestamp?
    }

    private struct Wish: Decodable {
        var role: Role?
        var seconds: WholeNumber?
    }

    private func decode<Value: Decodable & SendableMetatype>(
        _ value: Value.Type, _ body: String, type: String? = "application/json", limit: Int = 1000
    ) async throws -> (Value?, HTTPError?) {
        let result = Box<Value>()
        try await withLoop { loop, _ in
            let headers: HTTPHeaders = type.map { [.contentType: $0] } ?? [:]
            let call = call(try request(.post, "/", headers: headers, body: body, on: loop))
            do throws(HTTPError) {
                result.item = try await call.decode(value, upTo: limit, on: loop)
            } catch {
                result.error = error
            }
        }
        return (result.item, result.error)
    }

    private final class Box<Value>: @unchecked Sendable {
        // @unchecked: written on the loop, read after it has ended.
        var item: Value?
        var error: HTTPError?
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"])
    func aBodyBecomesAValue(type: String) async throws {
        let (item, error) = try await decode(
            Item.self,
            #"{"item_name":"a","sizes":[1],"limits":{"max_bytes":2},"created_at":"2026-01-31T12:00:00Z"}"#,
            type: type)
        #expect(error == nil)
        #expect(
            item
                == Item(
                    itemName: "a", sizes: [1], limits: .init(maxBytes: 2),
                    createdAt: Timestamp(milliseconds: 1_769_860_800_000)))
    }

    @Test(arguments: [
        (#"{"sizes":[]}"#, #""item_name" is missing."#),
        (#"{"item_name":7,"sizes":[]}"#, #""item_name" must be text."#),
        (#"{"item_name":"a","sizes":[1,"x"]}"#, #""sizes[1]" must be a whole number."#),
        (#"{"item_name":"a","sizes":{}}"#, #""sizes" must be an array."#),
        (#"{"item_name":"a","sizes":[],"limits":{}}"#, #""limits.max_bytes" is missing."#),
        (#"{"item_name":"a","sizes":[],"created_at":"now"}"#, #""created_at" must be a time such as"#),
        (#"{"item_name":"a","sizes":[],"created_at":5}"#, #""created_at" must be a time such as"#),
        ("[]", "The body must be an object."),
        (
            #"{"item_name":"a","sizes":[],"colour":1}"#,
            #""colour" is not known here; there are "item_name", "sizes""#
        ),
        (#"{"item_name":"a","sizes":[1.5]}"#, "A number in the body must be a whole one"),
    ])
    func aFieldThatIsWrongIsNamed(body: String, sentence: String) async throws {
        let (_, error) = try await decode(Item.self, body)
        #expect(error?.status == .unprocessableContent)
        #expect(error?.sentence.hasPrefix(sentence) == true, "\(error?.sentence ?? "no error")")
    }

    @Test(arguments: [
        (#"{"role":"root"}"#, #""role" must be "viewer", "operator" or "admin"."#),
        (#"{"role":1}"#, #""role" must be "viewer", "operator" or "admin"."#),
        (#"{"seconds":1.5}"#, #""seconds" must be a whole number"#),
        (#"{"seconds":1e20}"#, #""seconds" must be a whole number"#),
        (#"{"seconds":1e999}"#, #""seconds" must be a whole number"#),
        (#"{"seconds":"x"}"#, #""seconds" must be a whole number"#),
    ])
    func whatAFieldMustBeIsSaidInPlainWords(body: String, sentence: String) async throws {
        let (_, error) = try await decode(Wish.self, body)
        #expect(error?.status == .unprocessableContent)
        #expect(error?.sentence.hasPrefix(sentence) == true, "\(error?.sentence ?? "no error")")
        #expect(try await decode(Wish.self, #"{"role":"admin","seconds":60}"#).0?.seconds?.value == 60)
    }

    @Test(arguments: [
        "", "{", #"{"item_name":}"#, "\u{FF}", #"{"item_name":"a"}}"#, #"{"item_name":"a","item_name":01}"#,
    ])
    func whatIsNoJSONIsABadRequest(body: String) async throws {
        #expect(try await decode(Item.self, body).1?.status == .badRequest)
    }

    @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "json"])
    func whatIsNotSaidToBeJSONIsNotRead(type: String?) async throws {
        #expect(
            try await decode(Item.self, #"{"item_name":"a","sizes":[]}"#, type: type).1?.status
                == .unsupportedMediaType)
    }

    @Test func aBodyThatIsTooLongIsRefused() async throws {
        #expect(
            try await decode(Item.self, #"{"item_name":"aaaaaaaaaa"}"#, limit: 10).1?.status
                == .contentTooLarge)
    }

    @Test func aValueIsAnsweredInSnakeCaseWithTimesInUTC() throws {
        let item = Item(itemName: "a/b", createdAt: Timestamp(milliseconds: 1_769_860_800_123))
        let response = try Response.json(item, status: .created)
        #expect(response.head.status == .created)
        #expect(response.head.headers[.contentType] == "application/json")
        #expect(response.text == #"{"created_at":"2026-01-31T12:00:00.123Z","item_name":"a/b","sizes":[]}"#)
    }

    @Test func whatTheStoreCannotDoHasItsStatus() async throws {
        #expect(HTTPError(StoreError.diskFull).status == .insufficientStorage)
        #expect(HTTPError(StoreError.busy).status == .serviceUnavailable)
        #expect(HTTPError(StoreError.refused(StoreError.Refusal(HTTPError(.gone, "Gone.")))).status == .gone)
        let inside = HTTPError(StoreError.failed(code: 1, message: "near \"selct\""))
        #expect(inside.status == .internalServerError)
        #expect(!inside.sentence.contains("selct"))
        #expect(inside.cause?.contains("selct") == true)
        try await withLoop { loop, _ in
            let request = try request(.get, "/", on: loop)
            let response = Response.refusal(HTTPError(StoreError.busy), of: request)
            #expect(response.head.headers[.retryAfter] == "1")
            #expect(response.text.contains(request.id.description))
        }
    }
}
