import JSONCoding
package import Transport
package import Wire

/// A request that has found its route: what it asks, with which parameters, and who asks.
package struct Call {
    package let request: Request
    /// The values of the pattern's braces, decoded.
    package let parameters: PathParameters
    package let caller: Caller
    /// The address that it comes from, behind the proxies that are trusted.
    package let asker: String
    /// Whether its asker speaks TLS, as far as the proxies that are trusted say.
    package let isSecure: Bool

    package init(
        request: Request, parameters: PathParameters, caller: Caller, asker: String? = nil,
        isSecure: Bool? = nil
    ) {
        self.request = request
        self.parameters = parameters
        self.caller = caller
        self.asker = asker ?? request.peer.host
        self.isSecure = isSecure ?? request.isSecure
    }
}

extension Call {
    /// A parameter of the path. Naming one that the pattern does not have is a defect of the route.
    package func parameter(_ name: String) -> String {
        guard let value = parameters[name] else { preconditionFailure("no {\(name)} in the route's path") }
        return value
    }

    /// A parameter of the path as what it stands for; 404 when it is no such thing, as nothing is there.
    package func parameter<Value: PathValue>(_ name: String, as type: Value.Type) throws(HTTPError) -> Value {
        let text = parameter(name)
        guard let value = Value(pathSegment: text) else {
            throw HTTPError(
                .notFound,
                "There is nothing under \"\(text)\". The address must have \(Value.expectation) there.")
        }
        return value
    }

    /// A parameter of the query; nil when it was not given, 400 when it is not what it should be.
    package func query<Value: PathValue>(_ name: String, as type: Value.Type) throws(HTTPError) -> Value? {
        guard let text = request.head.target.parameters[name] else { return nil }
        guard let value = Value(pathSegment: text) else {
            throw HTTPError(
                .badRequest, "The query's \"\(name)\" cannot be read. It must be \(Value.expectation).")
        }
        return value
    }
}
