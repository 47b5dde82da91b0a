import TestKit
import Testing

@testable import Sessions

@Suite struct RingTests {
    /// Adds entries of random sizes, each filled with the last byte of its number.
    private func fill(
        _ ring: inout Ring, entries: Int, largest: Int, seed: UInt64, check: (borrowing Ring, [Int]) -> Void
    ) {
        var random = SeededRandom(seed: seed)
        var sizes: [Int] = []
        for seq in 1...UInt64(entries) {
            let size = Int.random(in: 2...largest, using: &random)
            let target = unsafe ring.add(size)
            unsafe UnsafeMutableRawBufferPointer(start: target, count: size)
                .initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: seq))
            sizes.append(size)
            check(ring, sizes)
        }
    }

    /// What is kept, stretch by stretch: number and size of each entry, as the bytes say.
    private func walk(_ ring: borrowing Ring, atMost limit: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = ring.first
        while next < ring.end {
            let (stretch, end) = unsafe ring.stretch(from: next, atMost: limit)
            #expect(end > next)
            #expect(stretch.count <= limit || end == next + 1)
            unsafe bytes.append(contentsOf: stretch)
            next = end
        }
        return bytes
    }

    private func expected(_ sizes: [Int], from first: UInt64) -> [UInt8] {
        sizes.enumerated().dropFirst(Int(first) - 1).flatMap { index, size in
            [UInt8](repeating: UInt8(truncatingIfNeeded: index + 1), count: size)
        }
    }

    @Test(
        arguments: [(1, 4096), (3, 4096), (64, 300), (10_000, 5000), (10_000, 130), (17, 1000)],
        1...4 as ClosedRange<UInt64>)
    func theNewestEntriesAreKeptInOrderThroughGrowthTurnsAndEviction(
        bounds: (entries: Int, bytes: Int), seed: UInt64
    ) {
        let largest = 120
        var ring = Ring(startingAt: 1, entries: bounds.entries, bytes: bounds.bytes)
        fill(&ring, entries: 400, largest: largest, seed: seed) { ring, sizes in
            #expect(ring.end == UInt64(sizes.count) + 1)
            #expect(ring.count <= bounds.entries)
            let kept = walk(ring)
            #expect(kept == expected(sizes, from: ring.first))
            #expect(kept.count <= bounds.bytes)
            // Nothing was given up without need: but for the hole at the turn and the entry that came, it is full.
            if ring.first > 1, ring.count < bounds.entries {
                #expect(kept.count > bounds.bytes - 2 * largest)
            }
        }
    }

    @Test(arguments: [2, 50, 119, 120, 500])
    func aLimitedStretchHoldsWholeEntries(limit: Int) {
        var ring = Ring(startingAt: 1, entries: 1000, bytes: 2000)
        fill(&ring, entries: 200, largest: 120, seed: 7) { ring, sizes in
            #expect(walk(ring, atMost: limit) == expected(sizes, from: ring.first))
        }
    }

    @Test func everyByteOfAStretchIsFoundInItsEntry() {
        var ring = Ring(startingAt: 1, entries: 1000, bytes: 1500)
        fill(&ring, entries: 120, largest: 60, seed: 3) { ring, sizes in
            guard sizes.count % 40 == 0 else { return }
            let (stretch, end) = unsafe ring.stretch(from: ring.first, atMost: .max)
            for offset in 0..<stretch.count {
                let cut = ring.cut(of: ring.first..<end, at: offset)
                #expect(unsafe stretch[offset] == UInt8(truncatingIfNeeded: cut.entry))
                #expect((cut.offset..<cut.offset + cut.size).contains(offset))
                #expect(cut.size == sizes[Int(cut.entry) - 1])
            }
        }
    }

    @Test func aRingBeginsSmallAndStaysWithinItsBound() {
        var ring = Ring(startingAt: 1, entries: 1 << 16, bytes: 1 << 20)
        #expect(ring.memory == 0)
        var largest = 0
        fill(&ring, entries: 50, largest: 20, seed: 1) { ring, _ in largest = max(largest, ring.memory) }
        #expect(largest <= 2048)
        fill(&ring, entries: 30_000, largest: 100, seed: 1) { ring, _ in largest = max(largest, ring.memory) }
        #expect(largest <= (1 << 20) + (1 << 16) * 8)
    }
}
