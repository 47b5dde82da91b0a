import Loop
import Transport
import Wire
import Workflows

/// Webhooks, schedules and notifications over HTTP.
struct TriggerEndpoints: Sendable {
    /// So many deliveries from one network may be refused within a minute; more are not even looked at.
    private static let mostRefused = 60
    private static let window = Duration.seconds(60)
    static let mostInAList: UInt64 = 500

    let triggers: Triggers
    private let limit = AttemptLimit()

    init(_ triggers: Triggers) { self.triggers = triggers }

    var routes: [Route] { delivering + looking }

    private var delivering: [Route] {
        [
            Route(
                .post, "/api/v1/webhooks/{source}", "Deliver to a webhook", access: .signed,
                documentation: TriggerDocumentation.delivering
            ) { call, loop async throws(HTTPError) in try await receive(call, on: loop) },
            Route(
                .post, "/api/v1/webhooks/deliveries/{number}/redeliver", "Deliver a kept delivery again",
                access: .atLeast(.operators), documentation: TriggerDocumentation.redelivering
            ) { call, loop async throws(HTTPError) in
                let number = try call.parameter("number", as: Int64.self)
                let delivery = try await Self.heed { () throws(TriggerError) in
                    try await triggers.webhooks.redeliver(number)
                }
                return try .json(delivery, status: .created, headers: fresh)
            },
        ]
    }

    private var looking: [Route] {
        [
            Route(
                .get, "/api/v1/webhooks", "How the webhooks do", access: .atLeast(.viewer),
                documentation: TriggerDocumentation.webhooks
            ) { call, loop async throws(HTTPError) in
                let status = try await Self.heed { () throws(TriggerError) in
                    try await triggers.status()
                }
                return try .json(status, headers: fresh)
            },
            Route(
                .get, "/api/v1/webhooks/{source}/deliveries", "What was delivered", access: .atLeast(.viewer),
                documentation: TriggerDocumentation.deliveries
            ) { call, loop async throws(HTTPError) in try await deliveries(call) },
            Route(
                .get, "/api/v1/schedules", "List the schedules", access: .atLeast(.viewer),
                documentation: TriggerDocumentation.schedules
            ) { call, loop async throws(HTTPError) in
                try .json(
                    try await Self.heed { () throws(TriggerError) in try await triggers.schedules() },
                    headers: fresh)
            },
            Route(
                .get, "/api/v1/notifications", "What was sent of the ends of tasks",
                access: .atLeast(.viewer),
                documentation: TriggerDocumentation.notifications
            ) { call, loop async throws(HTTPError) in
                let limit = try call.length(100, atMost: Self.mostInAList)
                let list = try await Self.heed { () throws(TriggerError) in
                    try await triggers.notifier.list(limit: limit)
                }
                return try .json(list, headers: fresh)
            },
        ]
    }

    // MARK: Delivering

    private func receive(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let need = AttemptLimit.Need(key: .network(AskerNetwork(of: call.asker)), room: Self.mostRefused)
        // Counted from its beginning, so that many at once are not all looked at.
        if let refusal = limit.begin([need], at: loop.now, within: Self.window) {
            let seconds = max(1, (refusal.wait.milliseconds + 999) / 1000)
            let error = HTTPError(
                .tooManyRequests, "Too many deliveries from here were refused. Wait \(seconds) s.")
            return .refusal(error, of: call.request, headers: [.retryAfter: "\(seconds)"])
        }
        let name = call.parameter("source")
        let body = try await call.request.body.collect(upTo: WebhookRequest.bodyLimit, on: loop)
        let request = WebhookRequest(headers: call.request.head.headers, body: body)
        let answer: WebhookAnswer
        do throws(TriggerError) { answer = try await triggers.webhooks.receive(request, for: name) } catch {
            // Who showed that they may, and came in vain, is no stranger.
            if error.mayBeOfAKnownSender { limit.withdraw([need], within: Self.window) }
            throw HTTPError(error)
        }
        limit.withdraw([need], within: Self.window)
        return try answered(answer)
    }

    private func answered(_ answer: WebhookAnswer) throws(HTTPError) -> Response {
        switch answer.delivery.outcome {
        case .accepted, .open:
            return try .json(answer, status: answer.isReplay ? .ok : .accepted, headers: fresh)
        case .ignored: return try .json(answer, headers: fresh)
        case .refused, .failed:
            throw HTTPError(
                .unprocessableContent, answer.delivery.sentence ?? "Nothing can be begun for this delivery.")
        }
    }

    private func deliveries(_ call: Call) async throws(HTTPError) -> Response {
        let name = call.parameter("source")
        let before = try call.number("before").map { Int64(clamping: $0) }
        let limit = try call.length(100, atMost: Self.mostInAList)
        let all = try await Self.heed { () throws(TriggerError) in
            try await triggers.webhooks.deliveries(of: name, before: before, limit: limit)
        }
        if all.isEmpty, !triggers.webhooks.has(name) { throw HTTPError(TriggerError.noSource(name)) }
        return try .json(WebhookDeliveries(deliveries: all), headers: fresh)
    }

    /// Answers of a moment.
    private var fresh: HTTPHeaders { [.cacheControl: "no-store"] }

    private static func heed<Answer: Sendable>(
        _ body: () async throws(TriggerError) -> Answer
    ) async throws(HTTPError) -> Answer {
        do throws(TriggerError) { return try await body() } catch { throw HTTPError(error) }
    }
}

extension TriggerError {
    fileprivate var mayBeOfAKnownSender: Bool {
        switch self {
        case .noSource, .unauthorized: false
        case .tooLarge, .noDelivery, .notKept, .unavailable, .store: true
        }
    }
}

extension Call {
    /// `limit` of a list.
    func length(_ standard: UInt64, atMost most: UInt64) throws(HTTPError) -> Int {
        let limit = try number("limit") ?? standard
        guard (1...most).contains(limit) else {
            throw HTTPError(.badRequest, "`limit` is a number from 1 to \(most).")
        }
        return Int(limit)
    }
}

extension Int64: PathValue {
    package static var expectation: String { "a whole number" }
    package init?(pathSegment: String) { self.init(pathSegment) }
}
