/// What the OpenAPI document says of a route besides its path and summary.
package struct Documentation: Sendable {
    /// A parameter of the path, the query or the head.
    package struct Parameter: Sendable {
        package enum Place: String, Sendable {
            case query, header
        }

        package let name: String
        package let text: String
        /// A JSON Schema, as JSON.
        package let schema: String
        package let isRequired: Bool
        /// Where it is, unless the path has its name.
        package let place: Place

        package init(
            _ name: String, _ text: String, schema: String = #"{"type":"string"}"#, isRequired: Bool = false,
            place: Place = .query
        ) {
            self.place = place
            self.name = name
            self.text = text
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    package var text = ""
    package var parameters: [Parameter] = []
    /// A JSON Schema of the body that is taken, as JSON; nil for none.
    package var requestSchema: String?
    /// What a body may be besides JSON.
    package var requestTypes: [String] = []
    /// By status: what it means, and a JSON Schema of the body, if there is one.
    package var responses: [(status: UInt16, text: String, schema: String?)] = []
    /// By status: what the body may be besides JSON, or is, where there is no schema.
    package var responseTypes: [(status: UInt16, type: String)] = []

    package init() {}
}
