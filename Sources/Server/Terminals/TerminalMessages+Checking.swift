import JSONCoding
import Terminals
import Wire

/// What of a wish cannot be, whoever wishes it.
extension TerminalMessages.Wish {
    private static let mostArguments = 1000
    private static let mostBytes = 128 << 10
    private static let longestTitle = 200

    var size: TerminalSize {
        get throws(HTTPError) {
            let usual = TerminalSize.usual
            return try TerminalMessages.size(
                cols?.value ?? Int(usual.cols), rows?.value ?? Int(usual.rows))
        }
    }

    func check() throws(HTTPError) {
        if let command {
            guard !command.isEmpty else { throw Self.wrong("command", "names no program") }
            try Self.check(command, "command")
        }
        if let args {
            guard args.count <= Self.mostArguments else {
                throw Self.wrong("args", "has more than \(Self.mostArguments) items")
            }
            for argument in args { try Self.check(argument, "args") }
        }
        if let cwd {
            guard cwd.hasPrefix("/") else { throw Self.wrong("cwd", "must begin with /") }
            try Self.check(cwd, "cwd")
        }
        for (name, value) in env ?? [:] {
            guard Self.isVariable(name) else {
                throw Self.wrong("env", "has \"\(name.prefix(100))\" in it, which is no name of a variable")
            }
            try Self.check(value, "env.\(name.prefix(100))")
        }
        if let title {
            let isPlain = title.unicodeScalars.allSatisfy(TitleScanner.isShown)
            guard isPlain, (1...Self.longestTitle).contains(title.count) else {
                throw Self.wrong("title", "must be a line of up to \(Self.longestTitle) characters")
            }
        }
    }

    private static func check(_ text: String, _ name: String) throws(HTTPError) {
        guard !text.utf8.contains(0) else { throw wrong(name, "has a NUL in it") }
        guard text.utf8.count <= mostBytes else { throw wrong(name, "is longer than \(mostBytes) bytes") }
    }

    private static func isVariable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && name.first?.isNumber == false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    private static func wrong(_ name: String, _ what: String) -> HTTPError {
        HTTPError(.unprocessableContent, "\"\(name)\" \(what).")
    }
}

extension TerminalMessages {
    static func size(_ cols: Int, _ rows: Int) throws(HTTPError) -> TerminalSize {
        guard let size = TerminalSize(checking: cols, rows) else { throw HTTPError(TerminalError.badSize) }
        return size
    }
}
