import JSONCoding
import Loop
import Store
import Transport
import Wire

/// What can be asked about the audit trail.
package struct AuditRoutes: Sendable {
    private static let most = 1_000
    private let audit: StoredAudit

    package init(_ audit: StoredAudit) { self.audit = audit }

    package func routes() -> [Route] {
        [
            Route(
                .get, "/api/v1/audit", "Who did what, the newest first.", access: .atLeast(.admin),
                documentation: Self.documentation
            ) { (call, _) async throws(HTTPError) in try await list(call) }
        ]
    }

    private struct Answer: Encodable {
        let entries: [AuditRecord]
        /// Entries that could not be kept since the start.
        let dropped: Int
    }

    private func list(_ call: Call) async throws(HTTPError) -> Response {
        let asked = call.request.head.target.parameters
        let before = try Self.number("before", in: asked, 1...Int64.max)
        let limit = try Self.number("limit", in: asked, 1...Int64(Self.most)) ?? 100
        let filter = AuditFilter(
            account: asked["account"], event: asked["event"], kind: asked["kind"], session: asked["session"],
            from: try Self.time("from", in: asked), to: try Self.time("to", in: asked))
        let entries: [AuditRecord]
        do throws(StoreError) {
            entries = try await audit.entries(before: before, matching: filter, limit: Int(limit))
        } catch {
            throw HTTPError(error)
        }
        return try AccountRoutes.json(Answer(entries: entries, dropped: audit.dropped))
    }

    private static func number(
        _ name: String, in asked: HTTPQuery, _ range: ClosedRange<Int64>
    ) throws(HTTPError) -> Int64? {
        guard let text = asked[name] else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw HTTPError(
                .badRequest, "\(name): must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static func time(_ name: String, in asked: HTTPQuery) throws(HTTPError) -> Timestamp? {
        guard let text = asked[name] else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw HTTPError(.badRequest, "\(name): must be a time such as 2026-01-31T12:00:00Z.")
        }
        return time
    }

    private static let documentation: Documentation = {
        let number = #"{"type":"integer","minimum":1}"#
        let time = #"{"type":"string","format":"date-time"}"#
        var documentation = Documentation()
        documentation.text =
            "Nothing in it can be changed. For what comes after the last entry, ask `before` its id."
        documentation.parameters = [
            .init("before", "Only entries with a smaller id.", schema: number),
            .init("limit", "How many: 100, and \(most) at most.", schema: number),
            .init("account", "Only what this account did."),
            .init("event", "Only events of this name, such as `session_closed`."),
            .init("kind", "Only what sessions of this kind did, such as `websocket`."),
            .init("session", "Only what is about this session, by its id."),
            .init("from", "Only what was at this time or later.", schema: time),
            .init("to", "Only what was before this time.", schema: time),
        ]
        documentation.responses = [
            (200, "The entries.", schema), (400, "A parameter is not as it should be.", nil),
        ]
        return documentation
    }()

    private static let schema = """
        {"type":"object","required":["entries","dropped"],"properties":{\
        "dropped":{"type":"integer","description":"Entries that could not be kept since the start."},\
        "entries":{"type":"array","items":{"type":"object","required":["id","at","event"],"properties":{\
        "id":{"type":"integer"},"at":{"type":"string","format":"date-time"},"event":{"type":"string"},\
        "account":{"type":"string"},"sign_in":{"type":"string"},"peer":{"type":"string"},\
        "session":{"type":"string"},"kind":{"type":"string"},"ending":{"type":"string"},\
        "lasted_ms":{"type":"integer"},"given_back":{"type":"string"},"detail":{"type":"string"}}}}}}
        """
}
