import CLZ4
import Store

/// Frames as a row holds them: as LZ4 packs them, where that makes them smaller. Lines of a task repeat each other's
/// envelope, so that they take a sixth, and the disk is what bounds how fast a task can speak.
enum PackedFrames {
    static func pack(_ frames: [UInt8]) -> [UInt8] {
        guard let most = CInt(exactly: frames.count), most > 0 else { return frames }
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: frames.count) { target, count in
            unsafe frames.withUnsafeBytes { source in
                // Writes at most as much as there is room for: 0 where that is not enough.
                count = unsafe Int(
                    LZ4_compress_default(
                        source.baseAddress?.assumingMemoryBound(to: CChar.self),
                        UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
                        most,
                        most - 1))
            }
        }
        return packed.isEmpty ? frames : packed
    }

    /// - Parameter size: that of the frames. What was not made smaller has it itself.
    static func unpack(_ kept: [UInt8], size: Int) throws(TaskStorageError) -> [UInt8] {
        guard kept.count != size else { return kept }
        // A row is never larger than a log's largest entry, or than a batch.
        guard size > kept.count, size <= mostBytes, let room = CInt(exactly: size) else { throw damaged }
        let frames = unsafe [UInt8](unsafeUninitializedCapacity: size) { target, count in
            let got = unsafe kept.withUnsafeBytes { source in
                // Reads and writes within both, whatever the bytes are; negative where they are damaged.
                unsafe LZ4_decompress_safe(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
                    CInt(kept.count), room)
            }
            count = max(0, Int(got))
        }
        guard frames.count == size else { throw damaged }
        return frames
    }

    private static let mostBytes = 64 << 20
    private static var damaged: TaskStorageError { .damaged("a row of what it said does not unpack") }
}
