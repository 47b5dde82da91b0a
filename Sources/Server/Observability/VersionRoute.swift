package import Loop
import Transport
import Wire

extension Route {
    private struct Version: Encodable {
        var name = "holdfast"
        let version: String
        let commit: String?
        let startedAt: Timestamp
    }

    /// Which server this is.
    package static func version(
        _ build: BuildInfo, startedAt: Timestamp, access: Access = .anyone
    ) -> Route {
        var documentation = Documentation()
        documentation.responses = [
            (
                200, "The version.",
                """
                {"type":"object","required":["name","version","started_at"],"properties":{\
                "name":{"const":"holdfast"},"version":{"type":"string"},"commit":{"type":"string"},\
                "started_at":{"type":"string","format":"date-time"}}}
                """
            )
        ]
        return Route(
            .get, "/api/v1/version", "Which server this is", access: access, documentation: documentation
        ) { _, _ throws(HTTPError) in
            try .json(
                Version(version: build.version, commit: build.commit, startedAt: startedAt))
        }
    }
}
