/// The addresses that begin alike: `10.0.0.0/8`, or a single one.
package struct NetworkRange: Sendable, Hashable, CustomStringConvertible {
    package let address: IPAddress
    package let prefix: Int

    package init(address: IPAddress, prefix: Int) {
        precondition((0...address.bytes.count * 8).contains(prefix))
        self.address = address
        self.prefix = prefix
    }

    package init(text: String) throws(Complaint) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else {
            throw Complaint("is not a network: write `10.0.0.0/8`, `fd00::/8` or a single address")
        }
        let bits = address.bytes.count * 8
        guard let prefix = parts.count == 1 ? bits : Int(parts[1]), (0...bits).contains(prefix) else {
            throw Complaint("is not a network: what follows the `/` is a number from 0 to \(bits)")
        }
        self.init(address: address, prefix: prefix)
    }

    package func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = prefix / 8
        guard address.bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        let rest = prefix % 8
        return rest == 0 || (address.bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
    }

    package var description: String {
        prefix == address.bytes.count * 8 ? "\(address)" : "\(address)/\(prefix)"
    }
}

extension ValueKind where Value == NetworkRange {
    package static let network = ValueKind(
        "network", "a network such as `10.0.0.0/8`, or an address",
        sample: NetworkRange(address: .loopback, prefix: 32),
        parse: { text throws(Complaint) in try NetworkRange(text: text) },
        print: { $0.description })
}
