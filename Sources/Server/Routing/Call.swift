package import Transport

/// A request that has found its route: what it asks, with which parameters, and who asks.
package struct Call {
    package let request: Request
    /// The values of the pattern's braces, decoded.
    package let parameters: [String: String]
    package let caller: Caller

    package init(request: Request, parameters: [String: String], caller: Caller) {
        self.request = request
        self.parameters = parameters
        self.caller = caller
    }
}
