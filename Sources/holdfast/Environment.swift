import FoundationEssentials

/// The variables that the program was started with.
enum Environment {
    static var variables: [String: String] { ProcessInfo.processInfo.environment }

    static subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
