import FoundationEssentials
import Wire

/// The JSON that a webhook brings.
package indirect enum Payload: Equatable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Payload])
    case fields([String: Payload])

    package struct Mistake: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Refused with the reason where it is no JSON.
    package init(_ body: [UInt8]) throws(Mistake) {
        var bytes = body
        do throws(JSONError) { try JSONValidator.minify(&bytes) } catch {
            throw Mistake(description: error.description)
        }
        do { self = try JSONDecoder().decode(Payload.self, from: Data(bytes)) } catch {
            // It is JSON, so nothing but a number beyond all numbers is left.
            throw Mistake(description: "The JSON has a number that is too large.")
        }
    }

    /// What is at `a.b.0.c`, where a number leads into a list; nil where there is nothing.
    package subscript(path: PayloadPath) -> Payload? {
        var place = self
        for key in path.keys {
            switch place {
            case .fields(let fields):
                guard let next = fields[key] else { return nil }
                place = next
            case .list(let items):
                guard let index = Int(key), items.indices.contains(index) else { return nil }
                place = items[index]
            case .null, .flag, .number, .text: return nil
            }
        }
        return place
    }

    /// As an input of a workflow; nil for null, and for what has parts.
    package var value: InputValue? {
        switch self {
        case .flag(let flag): .flag(flag)
        case .number(let number): .number(number)
        case .text(let text): .text(text)
        case .null, .list, .fields: nil
        }
    }
}

extension Payload: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let items = try? container.decode([Payload].self) {
            self = .list(items)
        } else {
            self = .fields(try container.decode([String: Payload].self))
        }
    }
}

/// The way to a value in a payload, `repository.owner.login`.
package struct PayloadPath: Hashable, Sendable, CustomStringConvertible {
    package let keys: [String]

    /// Nil where a key between two dots is missing.
    package init?(_ text: some StringProtocol) {
        keys = String(text).split(separator: Character("."), omittingEmptySubsequences: false).map(
            String.init)
        guard keys.allSatisfy({ !$0.isEmpty }) else { return nil }
    }

    package var description: String { keys.joined(separator: ".") }
}
