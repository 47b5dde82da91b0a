import FoundationEssentials
import JSONCoding
import Loop
import Store

/// A task's record with the JSON that is stored, answered and said of it: encoded once for all three.
struct EncodedTask: Sendable {
    let record: TaskRecord
    let json: [UInt8]

    init(_ record: TaskRecord) throws(StoreError) {
        self.record = record
        do { json = Array(try JSONFormat.encoder.encode(record)) } catch {
            throw .refused(StoreError.Refusal(TaskStorageError.notEncodable("\(error)")))
        }
    }

    static func decode(_ json: String) throws(TaskStorageError) -> TaskRecord {
        do { return try JSONFormat.decoder.decode(TaskRecord.self, from: Data(json.utf8)) } catch {
            throw .damaged("\(error)")
        }
    }

    var text: String { String(decoding: json, as: UTF8.self) }

    /// In milliseconds, of a task that ran.
    var duration: Int64? {
        guard let start = record.startedAt, let end = record.endedAt else { return nil }
        return end.milliseconds - start.milliseconds
    }

    /// What a search looks through, in lower case.
    var search: String {
        "\(record.id) \(record.workflow)\n\(record.title)\n\(record.requirement)".lowercased()
    }
}
