package import Loop
package import Transport
package import Wire

/// Follows each request from its head to the end of its answer, for the access log and the figures.
///
/// `began`, `found` and `finished` are called on the request's loop, in this order; whatever was said of a request
/// is forgotten with `finished`, which Transport calls exactly once.
package final class RequestJournal: Sendable {
    /// What is known of the requests of one loop that are being answered.
    private final class Notes {
        var byRequest: [RequestID: Note] = [:]
    }

    private struct Note {
        let asker: String?
        var route: String?
        var account: String?
    }

    package let figures = RequestFigures()
    private let log: LogWriter
    /// Whether each request has its line; asked every time, as the configuration may be read again.
    private let logsRequests: @Sendable () -> Bool

    package init(log: LogWriter, logsRequests: @escaping @Sendable () -> Bool = { true }) {
        self.log = log
        self.logsRequests = logsRequests
    }

    /// The handler has it. One whose peer has gone before may be finished already, and is not noted.
    ///
    /// - Parameter asker: its address, where that may be another than the peer's.
    package func began(_ request: Request, from asker: String? = nil, on loop: isolated EventLoop) {
        guard !Task.isCancelled else { return }
        notes(on: loop).byRequest[request.id] = Note(asker: asker)
    }

    /// What is found out about it on the way.
    package func found(
        _ request: Request, route: Route? = nil, account: String? = nil, on loop: isolated EventLoop
    ) {
        let notes = notes(on: loop)
        guard var note = notes.byRequest[request.id] else { return }
        if let route { note.route = route.path }
        if let account { note.account = account }
        notes.byRequest[request.id] = note
    }

    /// It is answered with an error. What went wrong inside has a line of its own; the answer has only its id.
    package func refused(_ request: Request, _ error: HTTPError) {
        guard let cause = error.cause else { return }
        log.error(
            "a request failed",
            [
                "id": .text(request.id.description), "path": .text(LoggedTarget.text(request.head.target)),
                "cause": .text(SecretShape.masked(cause)),
            ])
    }

    package func finished(_ exchange: Exchange, on loop: isolated EventLoop) {
        let note = notes(on: loop).byRequest.removeValue(forKey: exchange.id) ?? Note(asker: nil)
        let took = loop.clock.now - exchange.receivedAt
        figures.count(
            exchange.head?.method, route: note.route, status: exchange.outcome, bytes: exchange.bytesOut,
            took: took)
        guard logsRequests() else { return }
        log.info("request", Self.fields(of: exchange, note, took))
    }

    /// How many requests are being answered on this loop.
    package func open(on loop: isolated EventLoop) -> Int { notes(on: loop).byRequest.count }

    private func notes(on loop: isolated EventLoop) -> Notes { loop.belonging(Notes.self) { Notes() } }

    private static func fields(of exchange: Exchange, _ note: Note, _ took: Duration) -> LogFields {
        var fields: LogFields = [
            "id": .text(exchange.id.description),
            "method": LogValue(exchange.head?.method.name),
            "path": LogValue(exchange.head.map { LoggedTarget.text($0.target) }),
            "status": .number(Int(exchange.outcome.code)),
            "bytes": .number(exchange.bytesOut),
            "ms": .decimal(Double(took.nanoseconds / 10_000) / 100),
            "peer": .text(note.asker ?? exchange.peer.host),
            "account": LogValue(note.account),
        ]
        switch exchange.end {
        case .complete: break
        case .lost(let reason), .cut(let reason): fields.append("end", .text(reason))
        case .notReading: fields.append("end", "The peer stopped reading")
        }
        fields.append("refusal", LogValue(exchange.refusal.map(SecretShape.masked)))
        return fields
    }
}

extension Exchange {
    /// What it was answered with, or what it is counted as where nothing was answered.
    fileprivate var outcome: HTTPStatus {
        if let status { return status }
        return switch end {
        // As nginx counts it: none of the server's errors, and never sent.
        case .lost, .notReading: 499
        case .cut: .serviceUnavailable
        case .complete: .internalServerError
        }
    }
}
