/// Who says what in `Sec-WebSocket-Extensions` (RFC 7692, 5 and 7.1). The value that negotiation is given says
/// the most that this end wants to spend: a side with a smaller window, or without context, is asked for as such.
extension PermessageDeflate {
    /// A server's choice among a client's offers, and the field that tells it. Nil when there is none to accept.
    /// An offer that cannot be kept is passed over, the next may do; a field that breaks the grammar is an error.
    package func answer(
        toOffers field: String
    ) throws(WebSocketError) -> (agreed: PermessageDeflate, field: String)? {
        for element in try Self.elements(field) {
            guard let offer = Parameters(element), let agreed = agreement(on: offer) else { continue }
            var parts = agreed.contextParts
            if offer.serverBits != nil || agreed.server.windowBits < 15 {
                parts.append("server_max_window_bits=\(agreed.server.windowBits)")
            }
            if offer.clientBits != nil, agreed.client.windowBits < 15 {
                parts.append("client_max_window_bits=\(agreed.client.windowBits)")
            }
            return (agreed, parts.joined(separator: "; "))
        }
        return nil
    }

    private func agreement(on offer: Parameters) -> PermessageDeflate? {
        let serverBits = min(max(9, server.windowBits), offer.serverBits ?? 15)
        // zlib cannot compress for a window of 8 bits.
        guard serverBits >= 9 else { return nil }
        // Only a client that said so understands a limit to its window (RFC 7692, 7.1.2.2).
        let clientBits =
            switch offer.clientBits {
            case nil: 15
            case .unlimited: client.windowBits
            case .limited(let bits): min(client.windowBits, bits)
            }
        return PermessageDeflate(
            server: Side(keepsContext: server.keepsContext && !offer.serverForgets, windowBits: serverBits),
            client: Side(keepsContext: client.keepsContext && !offer.clientForgets, windowBits: clientBits))
    }

    /// What a client offers.
    package var offer: String {
        var parts = contextParts
        if server.windowBits < 15 { parts.append("server_max_window_bits=\(server.windowBits)") }
        let bits = max(9, client.windowBits)
        parts.append(bits < 15 ? "client_max_window_bits=\(bits)" : "client_max_window_bits")
        return parts.joined(separator: "; ")
    }

    /// What a server's answer to `offer` makes of it. Nil when the server wants no compression; an answer that
    /// was not offered is an error (RFC 7692, 7.1).
    package func agreement(onAnswer field: String) throws(WebSocketError) -> PermessageDeflate? {
        let elements = try Self.elements(field)
        guard let element = elements.first else { return nil }
        guard elements.count == 1, let answer = Parameters(element) else {
            throw .protocolError("Server answered with an extension that was not offered")
        }
        let serverBits = answer.serverBits ?? 15
        guard serverBits <= server.windowBits, server.keepsContext || answer.serverForgets else {
            throw .protocolError("Server answered with more than was offered")
        }
        var clientBits = max(9, client.windowBits)
        switch answer.clientBits {
        case nil: break
        case .limited(let bits) where bits >= 9: clientBits = min(clientBits, bits)
        default: throw .protocolError("Server answered with a window that cannot be kept")
        }
        return PermessageDeflate(
            server: Side(keepsContext: !answer.serverForgets, windowBits: serverBits),
            client: Side(keepsContext: client.keepsContext && !answer.clientForgets, windowBits: clientBits))
    }

    private var contextParts: [String] {
        var parts = ["permessage-deflate"]
        if !server.keepsContext { parts.append("server_no_context_takeover") }
        if !client.keepsContext { parts.append("client_no_context_takeover") }
        return parts
    }

    private static func elements(_ field: String) throws(WebSocketError) -> [ExtensionList.Element] {
        guard let list = ExtensionList(field) else {
            throw .protocolError("Sec-WebSocket-Extensions is not a list of extensions")
        }
        return list.elements
    }
}

/// The four parameters as one offer or answer gives them.
private struct Parameters {
    enum ClientBits {
        case unlimited
        case limited(Int)
    }

    var serverForgets = false
    var clientForgets = false
    var serverBits: Int?
    var clientBits: ClientBits?

    /// Nil for another extension, and for a parameter that is unknown, repeated or has a wrong value.
    init?(_ element: ExtensionList.Element) {
        guard element.name == "permessage-deflate" else { return nil }
        for (name, value) in element.parameters {
            switch (name, value) {
            case ("server_no_context_takeover", nil) where !serverForgets: serverForgets = true
            case ("client_no_context_takeover", nil) where !clientForgets: clientForgets = true
            case ("server_max_window_bits", let value?) where serverBits == nil:
                guard let bits = Self.bits(value) else { return nil }
                serverBits = bits
            case ("client_max_window_bits", nil) where clientBits == nil: clientBits = .unlimited
            case ("client_max_window_bits", let value?) where clientBits == nil:
                guard let bits = Self.bits(value) else { return nil }
                clientBits = .limited(bits)
            default: return nil
            }
        }
    }

    /// 8 to 15, without leading zeros or signs.
    private static func bits(_ value: String) -> Int? {
        guard let bits = Int(value), (8...15).contains(bits), String(bits) == value else { return nil }
        return bits
    }
}
