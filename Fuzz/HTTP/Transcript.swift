import Wire

/// Everything that was read, as bytes to compare; the pieces of a body are put together again.
struct Transcript: Equatable {
    private var bytes: [UInt8] = []
    private var isInBody = false

    mutating func note(body piece: Span<UInt8>) {
        precondition(!piece.isEmpty, "an empty piece of a body")
        if !isInBody { bytes += "body ".utf8 }
        isInBody = true
        bytes.append(piece)
    }

    mutating func note(_ words: String...) {
        if isInBody { bytes.append(0x0A) }
        isInBody = false
        for word in words {
            bytes += word.utf8
            bytes.append(0x20)
        }
        bytes.append(0x0A)
    }

    mutating func note(_ headers: HTTPHeaders) {
        for (name, value) in headers.pairs {
            precondition(!name.isEmpty, "a field without a name")
            precondition(!value.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 }, "a field that breaks out")
            note(name, value)
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
