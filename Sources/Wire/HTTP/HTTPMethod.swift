/// A request method. Any token is one; those with a name here cost no allocation to recognise.
package struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
    /// The method as it is sent; case matters (RFC 9110 9.1).
    package let name: String

    /// `name` must be a token; a writer refuses it otherwise.
    package init(_ name: String) { self.name = name }

    package var description: String { name }

    package static let get = HTTPMethod("GET")
    package static let head = HTTPMethod("HEAD")
    package static let post = HTTPMethod("POST")
    package static let put = HTTPMethod("PUT")
    package static let patch = HTTPMethod("PATCH")
    package static let delete = HTTPMethod("DELETE")
    package static let options = HTTPMethod("OPTIONS")
    package static let connect = HTTPMethod("CONNECT")
    package static let trace = HTTPMethod("TRACE")

    /// Does not change what it asks about (RFC 9110 9.2.1).
    package var isSafe: Bool { self == .get || self == .head || self == .options || self == .trace }
}
