import CBytes

/// Writes frames: the header in its shortest form, then the payload in one copy.
///
/// A server gives no `key` and a client one fresh, unpredictable key per frame (RFC 6455, 5.3).
package enum WebSocketEncoder {
    /// How long the header of a frame is.
    @inlinable
    package static func headerSize(payload count: Int, isMasked: Bool = false) -> Int {
        (count < 126 ? 2 : count < 65536 ? 4 : 10) &+ (isMasked ? 4 : 0)
    }

    /// How long a whole frame is.
    @inlinable
    package static func frameSize(payload count: Int, isMasked: Bool = false) -> Int {
        headerSize(payload: count, isMasked: isMasked) + count
    }

    /// Writes a header for `count` bytes of payload to `target`, which has room for `headerSize`. Returns its size.
    @inlinable @discardableResult
    package static func writeHeader(
        _ opcode: WebSocketOpcode, payload count: Int, isFinal: Bool = true, isCompressed: Bool = false,
        key: UInt32? = nil, to target: UnsafeMutableRawPointer
    ) -> Int {
        let first = opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)
        let maskBit: UInt8 = key == nil ? 0 : 0x80
        var size = 2
        // The stores add up to `headerSize`, for which the caller made room.
        unsafe target.storeBytes(of: first, as: UInt8.self)
        if count < 126 {
            unsafe target.storeBytes(
                of: UInt8(truncatingIfNeeded: count) | maskBit, toByteOffset: 1, as: UInt8.self)
        } else if count < 65536 {
            unsafe target.storeBytes(of: 126 | maskBit, toByteOffset: 1, as: UInt8.self)
            let length = UInt16(truncatingIfNeeded: count).bigEndian
            unsafe target.storeBytes(of: length, toByteOffset: 2, as: UInt16.self)
            size = 4
        } else {
            unsafe target.storeBytes(of: 127 | maskBit, toByteOffset: 1, as: UInt8.self)
            unsafe target.storeBytes(of: UInt64(count).bigEndian, toByteOffset: 2, as: UInt64.self)
            size = 10
        }
        if let key {
            unsafe target.storeBytes(of: key, toByteOffset: size, as: UInt32.self)
            size &+= 4
        }
        return size
    }

    /// Writes a whole frame to `target`, which has room for `frameSize`. Returns its size.
    @inlinable @discardableResult
    package static func writeFrame(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, isCompressed: Bool = false,
        key: UInt32? = nil, to target: UnsafeMutableRawPointer
    ) -> Int {
        // Header and payload add up to `frameSize`, for which the caller made room.
        let size = unsafe writeHeader(
            opcode, payload: payload.count, isCompressed: isCompressed, key: key, to: target)
        if let source = payload.baseAddress {
            if let key {
                unsafe mask(source, payload.count, key, to: target + size)
            } else {
                unsafe (target + size).copyMemory(from: source, byteCount: payload.count)
            }
        }
        return size &+ payload.count
    }

    /// Adds a whole frame to `output`.
    package static func append(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, isCompressed: Bool = false,
        key: UInt32? = nil, to output: inout [UInt8]
    ) {
        let size = frameSize(payload: payload.count, isMasked: key != nil)
        let end = output.count
        output.append(contentsOf: repeatElement(0, count: size))
        unsafe output.withUnsafeMutableBytes { bytes in
            // `size` bytes behind `end` have just been added, so the base is not nil.
            unsafe _ = writeFrame(
                opcode, payload, isCompressed: isCompressed, key: key,
                to: bytes.baseAddress.unsafelyUnwrapped + end)
        }
    }

    /// Adds a close frame to `output`: no code, no body. The reason is cut to what a control frame holds (123
    /// bytes), at the end of a character.
    package static func appendClose(
        _ code: WebSocketCloseCode?, reason: String = "", key: UInt32? = nil, to output: inout [UInt8]
    ) {
        var body: [UInt8] = []
        if let code {
            precondition(code.mayTravel, "Close code \(code.rawValue) must never be sent")
            body = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
            for scalar in reason.unicodeScalars {
                let bytes = UTF8.encode(scalar)
                guard let bytes, body.count + bytes.count <= 125 else { break }
                body.append(contentsOf: bytes)
            }
        }
        unsafe body.withUnsafeBytes { unsafe append(.close, $0, key: key, to: &output) }
    }

    /// Room for `count` bytes at both ends is the caller's promise.
    @usableFromInline
    static func mask(
        _ source: UnsafeRawPointer, _ count: Int, _ key: UInt32, to target: UnsafeMutableRawPointer
    ) {
        unsafe _ = hf_mask(target, source, count, key)
    }
}
