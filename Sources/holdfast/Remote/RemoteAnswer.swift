import Configuration
import FoundationEssentials
import JSONCoding

/// A server's answers as values. What a newer server says besides is left out.
enum RemoteAnswer {
    static func read<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8]
    ) throws(Failure) -> Value {
        do { return try JSONFormat.decoder.decode(type, from: Data(bytes)) } catch {
            throw Failure(.protocolFault, "The server's answer cannot be read.")
        }
    }

    /// What is sent to a server.
    static func body(_ value: some Encodable) throws(Failure) -> [UInt8] {
        do { return Array(try JSONFormat.encoder.encode(value)) } catch {
            throw Failure(.fault, "The request cannot be written as JSON: \(error)")
        }
    }
}
