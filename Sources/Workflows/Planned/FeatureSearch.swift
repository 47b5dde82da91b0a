/// Which features a list has, in the order that people gave them.
package struct FeatureSearch: Equatable, Sendable {
    package var status: FeatureStatus?
    package var tag: String?
    /// In title or description, in any case of ASCII letters.
    package var text: String?
    package var limit: Int
    package var offset: Int

    package init(
        status: FeatureStatus? = nil, tag: String? = nil, text: String? = nil, limit: Int = 100,
        offset: Int = 0
    ) {
        self.status = status
        self.tag = tag
        self.text = text
        self.limit = min(max(limit, 0), FeatureTable.limit)
        self.offset = max(offset, 0)
    }
}
