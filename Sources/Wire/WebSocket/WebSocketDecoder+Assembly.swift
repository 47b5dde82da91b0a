import CBytes

/// Everything but whole short messages: control frames, long frames, fragments, compression, cut input.
extension WebSocketDecoder {
    @inline(never)
    mutating func nextSlowly(
        _ input: inout UnsafeMutableRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent? {
        settle()
        if phase == .ended {
            end()
            unsafe _ = take(input.count, from: &input)
            return nil
        }
        do {
            let event = try unsafe advance(&input)
            guard let event = unsafe event else {
                if phase == .rest { giveBack() }
                return nil
            }
            return unsafe event
        } catch {
            end()
            throw error
        }
    }

    /// Forgets what the event before pointed into, and finds the phase anew.
    private mutating func settle() {
        guard phase != .ended, let assembly else { return }
        if assembly.frame == nil { assembly.control.removeAll() }
        if assembly.message == nil { assembly.clear() }
        phase = assembly.isAtRest ? .rest : .amid
    }

    /// At rest with nothing left to read: the connection may be idle for days, so it keeps no memory but the
    /// window that the peer's next message may refer to.
    private mutating func giveBack() {
        assembly = nil
        if !keepsContext { inflater = nil }
    }

    private mutating func advance(
        _ input: inout UnsafeMutableRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent? {
        while true {
            if let assembly, assembly.frame != nil {
                if let event = try unsafe absorb(&input, in: assembly) { return unsafe event }
                if assembly.frame != nil { return nil }
            }
            guard let header = try unsafe readHeader(&input) else { return nil }
            try admit(header)
            if let event = try unsafe wholeFrame(header, &input) { return unsafe event }
            begin(header)
        }
    }

    // MARK: Headers

    private mutating func readHeader(
        _ input: inout UnsafeMutableRawBufferPointer
    ) throws(WebSocketError) -> WebSocketFrameHeader? {
        guard input.count > 0 else { return nil }
        let rules = WebSocketFrameHeader.Rules(
            role: role, mayCompress: inflateBits != 0, isInsideMessage: assembly?.message != nil)
        if let assembly, assembly.header.count > 0 {
            while input.count > 0 {
                unsafe assembly.header.append(UnsafeRawBufferPointer(take(1, from: &input)))
                if let header = try unsafe WebSocketFrameHeader(assembly.header.bytes, rules) {
                    assembly.header.removeAll()
                    return header
                }
            }
            return nil
        }
        if let header = try unsafe WebSocketFrameHeader(UnsafeRawBufferPointer(input), rules) {
            unsafe _ = take(header.size, from: &input)
            return header
        }
        unsafe makeAssembly().header.append(UnsafeRawBufferPointer(take(input.count, from: &input)))
        return nil
    }

    private func admit(_ header: WebSocketFrameHeader) throws(WebSocketError) {
        if header.opcode.isControl { return }
        let isCompressed = assembly?.message?.isCompressed ?? header.isCompressed
        let room = limits.message - (assembly?.message == nil ? 0 : assembly?.payload.count ?? 0)
        if !isCompressed && header.length > room { throw .messageTooBig }
        if header.length > limits.frame { throw .frameTooBig }
    }

    /// A frame that lies whole in `input` and needs no assembly is handed out where it lies.
    private mutating func wholeFrame(
        _ header: WebSocketFrameHeader, _ input: inout UnsafeMutableRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent? {
        guard header.length <= input.count else { return nil }
        let isControl = header.opcode.isControl
        guard isControl || (header.isFinal && !header.isCompressed && header.opcode != .continuation) else {
            return nil
        }
        let bytes = unsafe UnsafeRawBufferPointer(unmask(take(header.length, from: &input), header.key))
        if isControl { return try unsafe controlEvent(header.opcode, bytes) }
        if header.opcode == .text { try unsafe requireText(bytes) }
        return unsafe .message(header.opcode == .text ? .text : .binary, bytes)
    }

    private mutating func begin(_ header: WebSocketFrameHeader) {
        let assembly = makeAssembly()
        assembly.frame = WebSocketAssembly.Frame(header)
        if header.opcode == .text || header.opcode == .binary {
            assembly.clear()
            assembly.message = WebSocketAssembly.Message(
                kind: header.opcode == .text ? .text : .binary, isCompressed: header.isCompressed)
        }
    }

    private mutating func makeAssembly() -> WebSocketAssembly {
        phase = .amid
        if let assembly { return assembly }
        let assembly = WebSocketAssembly()
        self.assembly = assembly
        return assembly
    }

    // MARK: Payload

    /// Takes what there is of the open frame. The event is there when the frame ended it.
    private mutating func absorb(
        _ input: inout UnsafeMutableRawBufferPointer, in assembly: WebSocketAssembly
    ) throws(WebSocketError) -> WebSocketEvent? {
        guard var frame = assembly.frame else { return nil }
        let piece = unsafe unmask(take(min(frame.remaining, input.count), from: &input), frame.key)
        frame.remaining -= piece.count
        frame.key = turned(frame.key, by: piece.count)
        assembly.frame = frame.remaining == 0 ? nil : frame

        if frame.opcode.isControl {
            unsafe assembly.control.append(UnsafeRawBufferPointer(piece))
            return frame.remaining == 0 ? try unsafe controlEvent(frame.opcode, assembly.control.bytes) : nil
        }
        guard var message = assembly.message else { return nil }
        let isLast = frame.remaining == 0 && frame.isFinal
        try unsafe extend(&message, in: assembly, by: UnsafeRawBufferPointer(piece), isLast: isLast)
        assembly.message = isLast ? nil : message
        return isLast ? unsafe .message(message.kind, assembly.payload.bytes) : nil
    }

    private mutating func extend(
        _ message: inout WebSocketAssembly.Message, in assembly: WebSocketAssembly,
        by piece: UnsafeRawBufferPointer, isLast: Bool
    ) throws(WebSocketError) {
        let before = assembly.payload.count
        var failure: WebSocketError?
        if message.isCompressed {
            failure = unsafe inflate(piece, into: assembly, isLast: isLast)
        } else {
            unsafe assembly.payload.append(piece)
        }
        if message.kind == .text {
            // `before` is at most the count: both only add.
            let added = unsafe UnsafeRawBufferPointer(rebasing: assembly.payload.bytes[before...])
            guard unsafe message.text.accept(added) else { throw .invalidUTF8 }
        }
        // After the text, so that which fault is told does not depend on how the bytes were cut.
        if let failure { throw failure }
        if isLast, !message.text.isComplete { throw .invalidUTF8 }
    }

    private mutating func inflate(
        _ piece: UnsafeRawBufferPointer, into assembly: WebSocketAssembly, isLast: Bool
    ) -> WebSocketError? {
        do {
            let inflater = try openInflater()
            try unsafe inflater.inflate(piece, into: &assembly.payload, limit: limits.message)
            if isLast { try inflater.finish(into: &assembly.payload, limit: limits.message) }
            return nil
        } catch {
            return error
        }
    }

    private mutating func openInflater() throws(WebSocketError) -> Inflater {
        if let inflater { return inflater }
        let inflater = try Inflater(windowBits: Int(inflateBits), keepsContext: keepsContext)
        self.inflater = inflater
        return inflater
    }

    // MARK: Control frames

    private mutating func controlEvent(
        _ opcode: WebSocketOpcode, _ bytes: UnsafeRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent {
        switch opcode {
        case .ping: return unsafe .ping(bytes)
        case .pong: return unsafe .pong(bytes)
        default:
            let event = try unsafe Self.closeEvent(bytes)
            phase = .ended
            return unsafe event
        }
    }

    private static func closeEvent(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent {
        if bytes.count == 0 { return unsafe .close(nil, reason: bytes) }
        guard bytes.count >= 2 else { throw .protocolError("Close frame has half a code") }
        // At least two bytes, checked above.
        let number = unsafe UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self))
        let code = WebSocketCloseCode(rawValue: number)
        guard code.mayTravel else { throw .protocolError("Close code \(number) is not allowed") }
        let reason = unsafe UnsafeRawBufferPointer(rebasing: bytes[2...])
        guard unsafe UTF8Validator.isValid(reason) else { throw .invalidUTF8 }
        return unsafe .close(code, reason: reason)
    }

    // MARK: Bytes

    /// Removes `count` bytes, which the caller knows are there, from the front of `input`.
    private func take(
        _ count: Int, from input: inout UnsafeMutableRawBufferPointer
    ) -> UnsafeMutableRawBufferPointer {
        let front = unsafe UnsafeMutableRawBufferPointer(rebasing: input[..<count])
        unsafe input = UnsafeMutableRawBufferPointer(rebasing: input[count...])
        return unsafe front
    }

    private func unmask(
        _ bytes: UnsafeMutableRawBufferPointer, _ key: UInt32
    ) -> UnsafeMutableRawBufferPointer {
        if key != 0, let base = bytes.baseAddress {
            // In place, within the bounds of `bytes`.
            unsafe _ = hf_mask(base, base, bytes.count, key)
        }
        return unsafe bytes
    }

    /// The key as the byte after `count` more sees it. The key is as it lies in memory, and memory here is
    /// little-endian.
    private func turned(_ key: UInt32, by count: Int) -> UInt32 {
        let bits = UInt32(count % 4 * 8)
        return bits == 0 ? key : key >> bits | key << (32 - bits)
    }
}
