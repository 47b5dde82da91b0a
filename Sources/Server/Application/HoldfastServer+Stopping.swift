import Terminals
import Configuration
import Glibc
import Loop
import Sessions
import Store
import Synchronization
import Transport
import Workflows

extension HoldfastServer {
    /// Drains, within the deadline for it or until it is told to stop once more: then what is left is cut at once.
    func stop(_ listeners: [Listener], heeding signals: LoopBound<ServerSignals>) async -> ExitCode {
        isDraining.store(true, ordering: .relaxed)
        store.withdraw()
        log.info("stopping")
        for listener in listeners { await listener.stopAccepting() }
        return await withTaskGroup(of: ExitCode?.self) { group in
            group.addTask {
                await self.drain(listeners)
                return nil
            }
            group.addTask { await self.toldAgain(signals) }
            // The drain's end cancels the wait for a signal, and a signal cancels the drain, which then cuts.
            let code = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return code ?? .success
        }
    }

    /// WebSockets are told 1001, requests under way are answered; what is not done at the deadline is cut.
    private func drain(_ listeners: [Listener]) async {
        let deadline = SystemClock().now + settings.deadlines.drain
        await triggers.stopBeginning()
        await tasks.stopBeginning()
        terminals.stopBeginning()
        async let left = sessions.drain(within: settings.deadlines.drain)
        await WebSocket.hurryAll(on: group.loops)
        let cut = await withTaskGroup { drains in
            for listener in listeners { drains.addTask { await listener.drain(until: deadline) } }
            return await drains.reduce(0, +)
        }
        if cut > 0 { log.warning("connections were cut before they were done", ["count": .number(cut)]) }
        let count = await left.count
        if count > 0 {
            log.warning("sessions were not closed when the time was over", ["count": .number(count)])
        }
    }

    /// What the program exits with when it is told to stop a second time; nil when the wait is cancelled.
    private func toldAgain(_ signals: LoopBound<ServerSignals>) async -> ExitCode? {
        while let word = await signals.run({ signals, loop in await signals.next(on: loop) }) {
            guard case .stop(let signal) = word else { continue }
            let name = signal == SIGINT ? "SIGINT" : "SIGTERM"
            log.warning("told to stop again, so nothing is waited for", ["signal": .text(name)])
            return signal == SIGINT ? .interrupted : .terminated
        }
        return nil
    }
}
