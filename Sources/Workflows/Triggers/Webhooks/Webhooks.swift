package import Loop
package import Store

/// Takes deliveries: makes sure that they come from their source, stores what becomes of each, and begins the tasks
/// that they are mapped to.
///
/// A delivery that comes again is answered as it was the first time, and begins nothing; only one for which no task
/// could be begun is tried again. Everything is in the store; this can be used from anywhere.
package final class Webhooks: Sendable {
    private let sources: [WebhookSource]
    private let store: Store
    private let submitter: any TaskSubmitter
    private let time: @Sendable () -> Timestamp
    private let changed: @Sendable () -> Void
    private let kept: WebhookTable.Retention
    private let figures: TriggerFigures

    /// - Parameters:
    ///   - keeping: how many deliveries are kept of each source, and the bodies of how many.
    ///   - changed: called after each change, once it is safe on the disk.
    package init(
        _ sources: [WebhookSource], in store: Store, submitter: any TaskSubmitter,
        keeping: (deliveries: Int, bodies: Int) = (10_000, 100), figures: TriggerFigures = TriggerFigures(),
        time: @escaping @Sendable () -> Timestamp = { .now }, changed: @escaping @Sendable () -> Void = {}
    ) {
        self.sources = sources
        self.store = store
        self.submitter = submitter
        self.time = time
        self.changed = changed
        self.figures = figures
        kept = WebhookTable.Retention(deliveries: keeping.deliveries, bodies: keeping.bodies)
    }

    /// Takes a delivery. A sender that goes away does not stop it in between.
    package func receive(
        _ request: WebhookRequest, for name: String
    ) async throws(TriggerError) -> WebhookAnswer {
        let source = try source(named: name)
        guard request.body.count <= WebhookRequest.bodyLimit else {
            figures.received(from: name, .refused)
            throw .tooLarge(limit: WebhookRequest.bodyLimit)
        }
        guard request.isFrom(source) else {
            figures.received(from: name, .refused)
            try await note(strangerAt: source)
            throw .unauthorized
        }
        return try await uncancelled { () async throws(TriggerError) in
            do throws(TriggerError) {
                let (number, isNew, wanted) = try await self.admit(request, from: source)
                if let wanted { try await self.submit(wanted, for: number) }
                let answer = WebhookAnswer(delivery: try await self.delivery(number), isReplay: !isNew)
                self.figures.received(from: name, answer.delivery.outcome, isReplay: !isNew)
                return answer
            } catch {
                self.figures.received(from: name, .failed)
                throw error
            }
        }
    }

    /// Delivers the body of an earlier delivery again, as the mappings are now: a delivery of its own, with a task of
    /// its own.
    package func redeliver(_ number: Int64) async throws(TriggerError) -> WebhookDelivery {
        try await uncancelled { () async throws(TriggerError) in
            let (earlier, kept) = try await self.read { db in
                (try WebhookTable.delivery(number, in: db), try WebhookTable.body(of: number, in: db))
            }
            // What an older version of the server has stored may have some in it.
            let body = self.submitter.secrets.masked(body: kept)
            let source = try self.source(named: earlier.source)
            let event = earlier.event ?? ""
            let new = WebhookTable.New(
                source: source.name, event: event, body: body, redeliveryOf: earlier.redeliveryOf ?? number)
            let verdict = Verdict(on: body, event: event, id: earlier.delivery, source)
            let (again, wanted) = try await self.write { db in
                let again = try WebhookTable.insert(new, at: self.time(), in: db)
                return (again, try self.settle(again, verdict, source, in: db))
            }
            if let wanted { try await self.submit(wanted, for: again) }
            return try await self.delivery(again)
        }
    }

    /// After a restart, once tasks can be submitted: begins what was wanted and is not known to have begun.
    package func recover() async throws(TriggerError) {
        for (number, wanted) in try await read({ db in try WebhookTable.open(in: db) }) {
            // One that cannot be begun now is failed, and says why: the others go on.
            do throws(TriggerError) { try await submit(wanted, for: number) } catch {
                guard case .unavailable = error else { throw error }
            }
        }
    }

    /// How long deliveries are kept of a source that is configured no more, from the first start without it: it may come
    /// back, and so may what it sent.
    private static let patience = Duration.seconds(30 * 86_400)

    /// Takes away what is kept of sources that have long not been there. For each start.
    package func forget() async throws(TriggerError) {
        let names = sources.map(\.name)
        let now = time()
        let patience = Timestamp(milliseconds: now.milliseconds - Self.patience.milliseconds)
        do throws(StoreError) {
            try await store.write { db in
                try WebhookTable.forget(allBut: names, goneSince: patience, at: now, in: db)
            }
        } catch {
            throw TriggerError(error)
        }
    }

    package func has(_ name: String) -> Bool { sources.contains { $0.name == name } }

    package func delivery(_ number: Int64) async throws(TriggerError) -> WebhookDelivery {
        try await read { db in try WebhookTable.delivery(number, in: db) }
    }

    /// The newest first; of one source, and older than a number, where these are given.
    package func deliveries(
        of source: String? = nil, before number: Int64? = nil, limit: Int = 100
    ) async throws(TriggerError) -> [WebhookDelivery] {
        try await read { db in
            try WebhookTable.deliveries(of: source, before: number ?? .max, limit: limit, in: db)
        }
    }

    /// For the feed.
    package func status(recent: Int = 20) async throws(TriggerError) -> WebhookStatus {
        let sources = sources
        return try await read { db in
            WebhookStatus(
                sources: try sources.map { source in try WebhookTable.status(of: source, in: db) },
                recent: try WebhookTable.deliveries(of: nil, before: .max, limit: recent, in: db))
        }
    }

    // MARK: Details

    private func source(named name: String) throws(TriggerError) -> WebhookSource {
        guard let source = sources.first(where: { $0.name == name }) else { throw .noSource(name) }
        return source
    }

    /// Stores the delivery, or finds it again, and says what is to be submitted for it.
    private func admit(
        _ request: WebhookRequest, from source: WebhookSource
    ) async throws(TriggerError) -> (number: Int64, isNew: Bool, wanted: WantedTask?) {
        let secrets = submitter.secrets
        let (id, event) = (
            source.kind == .github ? secrets.masked(request.id(of: source)) : request.id(of: source),
            request.event(of: source, hiding: secrets)
        )
        let body = secrets.masked(body: request.body)
        let verdict = Verdict(on: body, event: event, id: id, source)
        // GitHub does not sign the name of a delivery, so a body that was overheard could come under another.
        let digest = source.kind == .github ? BodySignature.digest(request.body) : nil
        let new = WebhookTable.New(
            source: source.name, delivery: id, digest: digest, event: event, body: body)
        let now = time()
        return try await write { db in
            guard let known = try WebhookTable.known(source.name, id, digest: digest, in: db) else {
                let number = try WebhookTable.insert(new, at: now, in: db)
                return (number, true, try self.settle(number, verdict, source, in: db))
            }
            switch try WebhookTable.delivery(known, in: db).outcome {
            case .open: return (known, false, try WebhookTable.wanted(for: known, in: db))
            case .failed: return (known, true, try self.settle(known, verdict, source, in: db))
            case .accepted, .ignored, .refused: return (known, false, nil)
            }
        }
    }

    /// Writes down what is to become of a delivery that is open.
    private func settle(
        _ number: Int64, _ verdict: Verdict, _ source: WebhookSource, in db: borrowing WriteConnection
    ) throws -> WantedTask? {
        try WebhookTable.shorten(source.name, to: kept, in: db)
        switch verdict {
        case .refused(let sentence): try WebhookTable.settle(number, .refused, sentence, in: db)
        case .ignored(let sentence): try WebhookTable.settle(number, .ignored, sentence, in: db)
        case .wanted(let mapping, let content):
            let wanted = submitter.secrets.masked(
                mapping.wanted(for: content, key: "webhook-\(number)"))
            try WebhookTable.settle(number, .open, nil, wanted: wanted, in: db)
            return wanted
        }
        return nil
    }

    private func submit(_ wanted: WantedTask, for number: Int64) async throws(TriggerError) {
        let result: Result<TaskID, SubmissionError>
        do throws(SubmissionError) {
            result = .success(try await submitter.submit(wanted).id)
        } catch {
            result = .failure(error)
        }
        try await write { db in
            switch result {
            case .success(let task): try WebhookTable.settle(number, .accepted, nil, task: task, in: db)
            case .failure(let error):
                try WebhookTable.settle(number, .failed, error.description, in: db)
            }
        }
        if case .failure(.unavailable(let sentence)) = result { throw .unavailable(sentence) }
    }

    private func note(strangerAt source: WebhookSource) async throws(TriggerError) {
        let now = time()
        let kept = kept
        try await write { db in
            let number = try WebhookTable.insert(WebhookTable.New(source: source.name), at: now, in: db)
            try WebhookTable.settle(number, .refused, TriggerError.unauthorized.description, in: db)
            try WebhookTable.shorten(source.name, to: kept, in: db)
        }
    }

    private func write<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteConnection) throws -> Answer
    ) async throws(TriggerError) -> Answer {
        do throws(StoreError) {
            let answer = try await store.write(body)
            changed()
            return answer
        } catch {
            throw TriggerError(error)
        }
    }

    private func read<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadConnection) throws -> Answer
    ) async throws(TriggerError) -> Answer {
        do throws(StoreError) { return try await store.read(body) } catch { throw TriggerError(error) }
    }
}
