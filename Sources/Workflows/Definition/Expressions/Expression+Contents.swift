extension Expression {
    /// The paths that it asks for, from left to right.
    package var paths: [[String]] {
        switch self {
        case .literal, .call: []
        case .path(let path): [path]
        case .not(let inner): inner.paths
        case .both(let left, let right), .either(let left, let right), .equal(let left, let right),
            .unequal(let left, let right):
            left.paths + right.paths
        }
    }
}
