import Loop

/// Files in memory, no more than so many bytes of them; those that were asked for longest ago go first.
struct FileCache {
    private struct Entry {
        var file: StaticFile
        var checked: Instant
        var used: UInt64
    }

    private let capacity: Int
    private var entries: [FileName: Entry] = [:]
    private var uses: UInt64 = 0
    private(set) var bytes = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// The file, and when it was last found to be as it is on the disk.
    mutating func take(_ name: FileName) -> (file: StaticFile, checked: Instant)? {
        guard let entry = entries[name] else { return nil }
        uses += 1
        entries[name]!.used = uses
        return (entry.file, entry.checked)
    }

    /// Keeps a file as it was found at `checked`, in place of what there was under its name.
    mutating func keep(_ file: StaticFile, as name: FileName, checked: Instant) {
        remove(name)
        guard file.cost <= capacity else { return }
        while bytes + file.cost > capacity, let oldest = entries.min(by: { $0.value.used < $1.value.used }) {
            remove(oldest.key)
        }
        uses += 1
        bytes += file.cost
        entries[name] = Entry(file: file, checked: checked, used: uses)
    }

    mutating func remove(_ name: FileName) {
        if let entry = entries.removeValue(forKey: name) { bytes -= entry.file.cost }
    }
}
