import Configuration

/// A place in a file where expressions stand, to be checked when all names of the file are known.
struct ExpressionSite {
    let key: String
    let mark: YAMLMark
    let expressions: [Expression]
    var isCondition = false

    /// Notes what these expressions ask for and is not there.
    func check(in scope: ExpressionScope, noting fields: YAMLFields) {
        var scope = scope
        scope.hasStatus = isCondition
        for expression in expressions {
            for complaint in scope.complaints(about: expression) { fields.reject(key, at: mark, complaint) }
        }
    }
}
