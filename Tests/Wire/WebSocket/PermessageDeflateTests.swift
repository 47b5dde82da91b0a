import Testing

@testable import Wire

@Suite struct PermessageDeflateTests {
    typealias Side = PermessageDeflate.Side

    struct Bargain: Sendable {
        let offers: String
        var willing = PermessageDeflate()
        /// Nil when no offer is taken.
        let answer: String?
        var server = Side()
        var client = Side()
    }

    static let small = PermessageDeflate(
        server: Side(keepsContext: false, windowBits: 11), client: Side(keepsContext: false, windowBits: 10))

    static let bargains = [
        Bargain(offers: "", answer: nil),
        Bargain(offers: "permessage-deflate", answer: "permessage-deflate"),
        Bargain(offers: "x-webkit-deflate-frame, permessage-deflate", answer: "permessage-deflate"),
        Bargain(offers: "permessage-deflate; client_max_window_bits", answer: "permessage-deflate"),
        Bargain(
            offers: "permessage-deflate; server_no_context_takeover",
            answer: "permessage-deflate; server_no_context_takeover", server: Side(keepsContext: false)),
        Bargain(
            offers: "permessage-deflate;client_no_context_takeover",
            answer: "permessage-deflate; client_no_context_takeover", client: Side(keepsContext: false)),
        Bargain(
            offers: "permessage-deflate; server_max_window_bits=9",
            answer: "permessage-deflate; server_max_window_bits=9", server: Side(windowBits: 9)),
        Bargain(
            offers: "permessage-deflate ; server_max_window_bits = \"15\"",
            answer: "permessage-deflate; server_max_window_bits=15"),
        Bargain(
            offers: "permessage-deflate; client_max_window_bits=8",
            answer: "permessage-deflate; client_max_window_bits=8", client: Side(windowBits: 8)),
        // A window of 256 bytes cannot be compressed for: that offer is passed over.
        Bargain(offers: "permessage-deflate; server_max_window_bits=8", answer: nil),
        Bargain(
            offers:
                "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10",
            answer: "permessage-deflate; server_max_window_bits=10", server: Side(windowBits: 10)),
        Bargain(offers: "permessage-deflate; server_max_window_bits", answer: nil),
        Bargain(offers: "permessage-deflate; server_max_window_bits=16", answer: nil),
        Bargain(offers: "permessage-deflate; server_max_window_bits=7", answer: nil),
        Bargain(offers: "permessage-deflate; server_max_window_bits=09", answer: nil),
        Bargain(offers: "permessage-deflate; client_max_window_bits=+9", answer: nil),
        Bargain(offers: "permessage-deflate; server_no_context_takeover=1", answer: nil),
        Bargain(
            offers: "permessage-deflate; server_no_context_takeover; server_no_context_takeover", answer: nil),
        Bargain(offers: "permessage-deflate; mystery", answer: nil),
        Bargain(
            offers: "permessage-deflate; mystery, permessage-deflate", answer: "permessage-deflate"),
        Bargain(
            offers: "permessage-deflate; client_max_window_bits", willing: small,
            answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=11; client_max_window_bits=10",
            server: small.server, client: small.client),
        // A client that did not say that it can limit its window is not asked to.
        Bargain(
            offers: "permessage-deflate", willing: small,
            answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=11",
            server: small.server, client: Side(keepsContext: false)),
    ]

    @Test(arguments: bargains)
    func aServerChoosesAmongOffers(bargain: Bargain) throws {
        let made = try bargain.willing.answer(toOffers: bargain.offers)
        #expect(made?.field == bargain.answer, "\(bargain.offers)")
        if let made {
            #expect(made.agreed == PermessageDeflate(server: bargain.server, client: bargain.client))
        }
    }

    @Test(arguments: [
        "permessage-deflate;", "permessage-deflate; =9", "permessage-deflate; a=", "a b", "a=b", "a; b=\"",
        "a; b=\"c", "a; b=\"c d\"", "a; b=\"\"", "é", "a; b=c d", ";",
    ])
    func aFieldThatBreaksTheGrammarIsAnError(field: String) {
        #expect(throws: WebSocketError.self) { try PermessageDeflate().answer(toOffers: field) }
    }

    @Test func aClientOffersWhatItWants() {
        #expect(PermessageDeflate().offer == "permessage-deflate; client_max_window_bits")
        #expect(
            Self.small.offer == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=11; client_max_window_bits=10")
    }

    @Test func aClientTakesAnAnswerWithinItsOffer() throws {
        let all = PermessageDeflate()
        #expect(try all.agreement(onAnswer: "") == nil)
        #expect(try all.agreement(onAnswer: "permessage-deflate") == all)
        #expect(
            try all.agreement(
                onAnswer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                    + "server_max_window_bits=8; client_max_window_bits=9")
                == PermessageDeflate(
                    server: Side(keepsContext: false, windowBits: 8),
                    client: Side(keepsContext: false, windowBits: 9)))
        #expect(
            try Self.small.agreement(
                onAnswer: "permessage-deflate; server_no_context_takeover; server_max_window_bits=10")
                == PermessageDeflate(
                    server: Side(keepsContext: false, windowBits: 10), client: Self.small.client))
    }

    @Test(arguments: [
        "permessage-bzip2", "permessage-deflate, permessage-deflate", "permessage-deflate; mystery",
        "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_no_context_takeover=1",
    ])
    func aClientRefusesAnAnswerThatWasNotOffered(answer: String) {
        #expect(throws: WebSocketError.self) { try PermessageDeflate().agreement(onAnswer: answer) }
    }

    @Test(arguments: [
        "permessage-deflate", "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=11",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=12",
    ])
    func aClientThatAskedForLessRefusesMore(answer: String) {
        #expect(throws: WebSocketError.self) { try Self.small.agreement(onAnswer: answer) }
    }

    @Test func bothEndsAgreeOnTheSame() throws {
        for offered in [PermessageDeflate(), Self.small, .forgetful] {
            for willing in [PermessageDeflate(), Self.small, .forgetful] {
                let answer = try #require(try willing.answer(toOffers: offered.offer))
                #expect(try offered.agreement(onAnswer: answer.field) == answer.agreed)
            }
        }
    }
}
