/// One server, as far as connections to it can stand in for each other.
struct Origin: Hashable {
    let host: String
    let port: UInt16
    let isSecure: Bool
    let address: String?

    init(of request: ClientRequest) {
        host = request.url.host
        port = request.url.port
        isSecure = request.url.isSecure
        address = request.address?.description
    }
}
