import Transport
import Wire

extension Route {
    /// The description of some routes, and of itself, for programs that make clients.
    package static func openAPI(
        describing routes: [Route], build: BuildInfo, cookie: String, access: Access = .anyone
    ) -> Route {
        var documentation = Documentation()
        documentation.responses = [(200, "An OpenAPI 3.1 document.", #"{"type":"object"}"#)]
        func route(_ handler: @escaping Handler) -> Route {
            Route(
                .get, "/api/v1/openapi.json", "This description", access: access,
                documentation: documentation, handler: handler)
        }
        let itself = route { _, _ in Response(.ok) }
        let bytes = OpenAPIDocument(build: build, cookie: cookie, routes: routes + [itself]).bytes
        let tag = EntityTag.of(bytes)
        return route { call, _ throws(HTTPError) in
            .cached(bytes, type: "application/json", tag: tag, for: call.request)
        }
    }
}
