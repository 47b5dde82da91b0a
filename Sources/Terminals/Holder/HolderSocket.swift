import CLinux
import FoundationEssentials
import Glibc
import JSONCoding
import Loop

/// One end of the socket between the server and a holder, which keeps packets apart: JSON, or a single byte that
/// wakes the other. Whoever has it watches it, and closes it.
struct HolderSocket: ~Copyable, Sendable {
    enum Packet<Message> {
        case message(Message, descriptors: [CInt])
        case bell
        /// The other end is gone, or speaks another language; or what it said did not come whole, and why.
        case end(SystemError?)
        case nothing
    }

    /// What became of something that was to be sent.
    enum Sending: Equatable {
        case done
        /// The other end has not read for long, and there is no room.
        case full
        /// The other end is gone, or it is too long.
        case impossible
    }

    /// What one says is never longer: an order is measured before it is given, and holds the note.
    static let largestPacket = 128 << 10

    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Two connected ends.
    static func pair() throws(SystemError) -> (ours: CInt, theirs: CInt) {
        var ends: [CInt] = [0, 0]
        guard unsafe hf_packet_pair(&ends) == 0 else { throw SystemError("socketpair") }
        return (ends[0], ends[1])
    }

    /// Whether a packet holds it.
    static func carries(_ message: some Encodable) -> Bool { packet(message) != nil }

    private static func packet(_ message: some Encodable) -> [UInt8]? {
        let bytes = try? Array(JSONFormat.encoder.encode(message))
        return bytes.flatMap { $0.count <= largestPacket ? $0 : nil }
    }

    /// Sends without waiting.
    borrowing func send(_ message: some Encodable, descriptors: [CInt] = []) -> Sending {
        guard let bytes = Self.packet(message) else { return .impossible }
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe hf_send_packet(
                descriptor.raw, bytes.baseAddress!, bytes.count, descriptors, descriptors.count)
        }
        if count == bytes.count { return .done }
        return count < 0 && errno == EAGAIN ? .full : .impossible
    }

    /// Wakes the other end. There is at most one such packet for each of its sleeps.
    borrowing func ring() {
        var bell: UInt8 = 0
        _ = unsafe hf_send_packet(descriptor.raw, &bell, 1, nil, 0)
    }

    borrowing func take<Message: Decodable>(_ type: Message.Type, into memory: UnsafeMutableRawBufferPointer)
        -> Packet<Message>
    {
        var raws: [CInt] = [-1, -1, -1, -1]
        var count = 0
        let size = unsafe hf_take_packet(descriptor.raw, memory.baseAddress!, memory.count, &raws, &count)
        if size < 0, errno == EAGAIN || errno == EINTR { return .nothing }
        guard size > 0 else { return .end(size < 0 ? SystemError("recvmsg") : nil) }
        if size == 1 { return .bell }
        let bytes = unsafe Array(memory[..<size])
        guard let message = try? JSONFormat.decoder.decode(type, from: Data(bytes)) else {
            for raw in raws.prefix(count) { Glibc.close(raw) }
            return .end(nil)
        }
        return .message(message, descriptors: Array(raws.prefix(count)))
    }

    consuming func close() { descriptor.close() }
}
