import Configuration
import Server
import Wire

/// A command that asks the server for one thing and prints it: as it is for scripts, else as people read it.
protocol Showing: Action {
    associatedtype Answer: Decodable

    /// Whom the server tells.
    static var role: Role { get }
    var options: ShowingOptions { get }
    var path: String { get }

    func text(of answer: Answer) -> String
    /// What a person has to know besides.
    func remarks(on answer: Answer) -> [String]
}

/// What the command line says to such a command.
struct ShowingOptions: Sendable {
    let isJSON: Bool
    let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }
}

extension Showing {
    func remarks(on answer: Answer) -> [String] { [] }

    func perform() async throws(Failure) -> ExitCode {
        try show(try await RemoteCall(.get, path).send(to: options.server.access(as: Self.role)))
    }

    private func show(_ answer: [UInt8]) throws(Failure) -> ExitCode {
        guard !options.isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let value: Answer = try RemoteAnswer.read(from: answer)
        let code = Output.result(text(of: value))
        for remark in remarks(on: value) { Output.say(remark) }
        return code
    }
}
