import Loop
import Sessions
import Transport
import Wire
import Workflows

/// The backlog over HTTP.
struct FeatureEndpoints: Sendable {
    private static let mostInAList: UInt64 = 1000
    let features: PlannedFeatures

    init(_ features: PlannedFeatures) { self.features = features }

    var routes: [Route] { looking + changing + working }

    private var looking: [Route] {
        [
            Route(
                .get, "/api/v1/features", "List the planned features", access: .atLeast(.viewer),
                documentation: FeatureDocumentation.listing
            ) { call, loop async throws(HTTPError) in try await list(call) },
            Route(
                .get, "/api/v1/features/{id}", "Look at a planned feature", access: .atLeast(.viewer),
                documentation: FeatureDocumentation.looking
            ) { call, loop async throws(HTTPError) in
                let id = try call.featureID()
                return try await Self.answer { () throws(PlannedError) in try await features.feature(id) }
            },
        ]
    }

    private var changing: [Route] {
        [
            Route(
                .post, "/api/v1/features", "Plan a feature", access: .atLeast(.operators),
                documentation: FeatureDocumentation.creating
            ) { call, loop async throws(HTTPError) in
                let draft = try await call.decode(FeatureDraft.self, on: loop)
                let feature = try await Self.heed { () throws(PlannedError) in
                    try await features.create(draft)
                }
                return try .json(
                    feature, status: .created, headers: ["Location": "/api/v1/features/\(feature.id)"])
            },
            Route(
                .patch, "/api/v1/features/{id}", "Change a planned feature", access: .atLeast(.operators),
                documentation: FeatureDocumentation.editing
            ) { call, loop async throws(HTTPError) in
                let (id, edit) = (try call.featureID(), try await call.decode(FeatureEdit.self, on: loop))
                return try await Self.answer { () throws(PlannedError) in try await features.edit(id, edit) }
            },
            Route(
                .delete, "/api/v1/features/{id}", "Delete a planned feature", access: .atLeast(.operators),
                documentation: FeatureDocumentation.deleting
            ) { call, loop async throws(HTTPError) in
                let (id, version) = (
                    try call.featureID(), try call.number("version").map(Int.init(clamping:))
                )
                try await Self.heed { () throws(PlannedError) in
                    try await features.delete(id, version: version)
                }
                return Response(.noContent)
            },
            Route(
                .post, "/api/v1/features/{id}/move", "Move a planned feature", access: .atLeast(.operators),
                documentation: FeatureDocumentation.moving
            ) { call, loop async throws(HTTPError) in
                let id = try call.featureID()
                let place = try await call.decode(FeatureMove.self, on: loop).place()
                return try await Self.answer { () throws(PlannedError) in
                    try await features.move(id, to: place)
                }
            },
        ]
    }

    private var working: [Route] {
        [
            Route(
                .post, "/api/v1/features/{id}/start", "Begin a task for a planned feature",
                access: .atLeast(.operators), documentation: FeatureDocumentation.starting
            ) { call, loop async throws(HTTPError) in
                let (id, start) = (try call.featureID(), try await call.decode(FeatureStart.self, on: loop))
                let account = call.caller.owner?.account
                return try await Self.answer(.created) { () throws(PlannedError) in
                    try await features.start(id, start, by: account)
                }
            }
        ]
    }

    // MARK: Details

    private func list(_ call: Call) async throws(HTTPError) -> Response {
        let status = try call.queried("status").map { name throws(HTTPError) in
            guard let status = FeatureStatus(rawValue: name) else {
                let known = FeatureStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPError(
                    .badRequest, "There is no status \"\(name.prefix(100))\"; there are \(known).")
            }
            return status
        }
        let wish = FeatureSearch(
            status: status, tag: call.queried("tag"), text: call.queried("text"),
            limit: try call.length(100, atMost: Self.mostInAList),
            offset: Int(clamping: try call.number("offset") ?? 0))
        return try await Self.answer { () throws(PlannedError) in try await features.list(wish) }
    }

    private static func answer(
        _ status: HTTPStatus = .ok, _ body: () async throws(PlannedError) -> some Encodable & Sendable
    ) async throws(HTTPError) -> Response {
        try .json(try await heed(body), status: status, headers: [.cacheControl: "no-store"])
    }

    private static func heed<Answer: Sendable>(
        _ body: () async throws(PlannedError) -> Answer
    ) async throws(HTTPError) -> Answer {
        do throws(PlannedError) { return try await body() } catch { throw HTTPError(error) }
    }
}

/// Where somebody wants a feature to stand; one of the three.
struct FeatureMove: Decodable {
    let to: End?
    let before: Int64?
    let after: Int64?

    enum End: String, Codable, JSONChoice {
        case first, last
    }

    func place() throws(HTTPError) -> FeaturePlace {
        let places: [FeaturePlace] =
            (to.map { [$0 == .first ? .first : .last] } ?? []) + (before.map { [.before($0)] } ?? [])
            + (after.map { [.after($0)] } ?? [])
        guard places.count == 1 else {
            throw HTTPError(
                .unprocessableContent, "Send one of \"to\" (first or last), \"before\" and \"after\" (an id)."
            )
        }
        return places[0]
    }
}

extension Call {
    fileprivate func featureID() throws(HTTPError) -> Int64 { try parameter("id", as: Int64.self) }
}
