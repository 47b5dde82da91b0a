import Configuration
import Loop
import Terminals

/// Holds one terminal, so that it outlives the server.
struct Hold: SignalHearing {
    static let name = "hold"
    static let summary = "Hold one terminal; the server starts this by itself"
    static let details = """
        Takes its order from standard input, a socket that the server gives it: what to run, how much of what that \
        says to keep, and how long to wait for a server when there is none. Ends with the terminal.
        """

    init(_ arguments: ArgumentReader) {}

    func perform() async throws(Failure) -> ExitCode {
        guard Holder.takesOrders(from: 0) else {
            throw Failure(
                .usage,
                "`holdfast hold` is started by the server, which gives it a socket; `holdfast attach --new` gets you a terminal."
            )
        }
        let group: LoopGroup
        do throws(SystemError) { group = try LoopGroup(count: 1) } catch { throw Failure(error) }
        let hasHeld = await Holder.run(orderFrom: 0, on: group.loops[0])
        await group.stop()
        return hasHeld ? .success : .failure
    }
}
