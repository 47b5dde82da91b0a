/// A path below a task's folder that does not lead out of it, as text: `.` and `..` are worked out, links are not
/// looked at. Who opens it says `O_NOFOLLOW` or resolves beneath the folder.
package struct TaskPath: Hashable, Sendable {
    /// Without `.`, `..` and double slashes; `.` for the folder itself.
    package let text: String

    package init(relative text: String) throws(TaskPathError) {
        if text.isEmpty { throw .empty }
        if text.utf8.contains(0) { throw .holdsNull }
        if text.hasPrefix("/") { throw .absolute }
        if text.utf8.count > Self.longest { throw .tooLong }
        var parts: [Substring] = []
        for part in text.split(separator: "/") where part != "." {
            if part == ".." {
                if parts.popLast() == nil { throw .leavesTheFolder }
            } else {
                parts.append(part)
            }
        }
        self.text = parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// PATH_MAX, with its end.
    private static let longest = 4095

    package func below(_ folder: String) -> String { text == "." ? folder : "\(folder)/\(text)" }
}

/// Why a path cannot be used by a phase, as the end of a sentence that begins with it.
package enum TaskPathError: Error, Equatable, CustomStringConvertible {
    case empty, holdsNull, absolute, tooLong, leavesTheFolder
    /// An absolute path with an expression in it came out with `..`.
    case climbs

    package var description: String {
        switch self {
        case .empty: "is no path: it is empty"
        case .holdsNull: "is no path: it has a NUL in it"
        case .absolute: "is absolute: write it relative to the task's folder"
        case .tooLong: "is longer than 4095 bytes"
        case .leavesTheFolder: "leads out of the task's folder with `..`"
        case .climbs: "has `..` in it, which an absolute path with `${{ }}` may not come to"
        }
    }
}

extension Phase {
    /// The folder that it works in, in force for one task, whose own folder is `folder`. An absolute one comes
    /// only from the file: a value that is put in can neither make it absolute nor climb out of it.
    package func workingDirectory(
        in context: ExpressionContext, below folder: String
    ) throws(TaskPathError) -> String {
        guard let workingDirectory else { return folder }
        let text = workingDirectory.text(in: context)
        guard workingDirectory.isAbsolute else { return try TaskPath(relative: text).below(folder) }
        if text.utf8.contains(0) { throw .holdsNull }
        if workingDirectory.literal == nil, text.split(separator: "/").contains("..") { throw .climbs }
        return text
    }

    /// The patterns of what is kept, in force for one task.
    package func artifacts(in context: ExpressionContext) throws(TaskPathError) -> [TaskPath] {
        var paths: [TaskPath] = []
        for artifact in artifacts { paths.append(try TaskPath(relative: artifact.text(in: context))) }
        return paths
    }
}

extension Template {
    /// Whether the file itself says that it is an absolute path.
    var isAbsolute: Bool {
        if case .text(let text)? = parts.first { text.hasPrefix("/") } else { false }
    }

    /// What is wrong with it as a path whatever its expressions come to: each stands for one name.
    func complaint(absolute isAllowed: Bool) -> TaskPathError? {
        if isAbsolute, isAllowed {
            let text = likely
            if text.utf8.contains(0) { return .holdsNull }
            return literal == nil && text.split(separator: "/").contains("..") ? .climbs : nil
        }
        do throws(TaskPathError) {
            _ = try TaskPath(relative: likely)
            return nil
        } catch {
            return error
        }
    }

    private var likely: String {
        parts.map { part in
            if case .text(let text) = part { text } else { "x" }
        }.joined()
    }
}
