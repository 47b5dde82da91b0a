import FoundationEssentials

extension WantedTask {
    /// As a column of the database holds it.
    func stored() throws -> String {
        String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }

    init(stored text: String) throws {
        self = try JSONDecoder().decode(WantedTask.self, from: Data(text.utf8))
    }
}
