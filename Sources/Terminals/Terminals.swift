import FoundationEssentials
import Glibc
import JSONCoding
package import Loop
package import Sessions
import Synchronization

/// All terminals of the server: those that run, and for some minutes those that are over, so that whoever comes late
/// gets the same ending.
///
/// To be adopted before the port opens, and closed when the sessions have been drained.
package final class Terminals: Sendable {
    private struct State {
        var terminals: [TerminalID: LoopBound<Terminal>] = [:]
        /// Those of them that are over, the oldest first.
        var ended: [(id: TerminalID, at: Instant)] = []
        var owners: [TerminalID: String?] = [:]
        var isClosing = false
    }

    /// So many that are over are remembered.
    private static let mostEnded = 20

    package let setting: TerminalSetting
    private let sessions: Sessions
    private let loops: [EventLoop]
    private let offload: Offload
    private let troubled: @Sendable (TerminalID, String) -> Void
    private let over: @Sendable (TerminalID) -> Void
    private let nextLoop = Atomic<Int>(0)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - troubled: is told what of a terminal does not work, and why.
    ///   - over: is told of each that is over, on its loop.
    package init(
        _ setting: TerminalSetting, sessions: Sessions, loops: [EventLoop], offload: Offload,
        troubled: @escaping @Sendable (TerminalID, String) -> Void = { _, _ in },
        over: @escaping @Sendable (TerminalID) -> Void = { _ in }
    ) {
        self.setting = setting
        self.sessions = sessions
        self.loops = loops
        self.offload = offload
        self.troubled = troubled
        self.over = over
    }

    // MARK: Beginning

    /// Starts a program on a terminal of its own.
    package func begin(_ record: TerminalRecord, _ launch: TerminalLaunch, for owner: SessionOwner?)
        async throws(TerminalError) -> TerminalInfo
    {
        try reserve(record.id, for: record.owner)
        let loop = nextHome()
        let note = (try? JSONFormat.encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let order = HoldingOrder(
            launch: launch, windowBytes: setting.windowBytes, ahead: setting.highWater,
            socketPath: setting.outlive == nil ? nil : "\(setting.folder)/\(record.id)",
            grace: EndingGrace(setting),
            orphanPatience: (setting.outlive ?? .zero).milliseconds, note: note)
        do throws(TerminalError) {
            return try await begin(record, order, for: owner, on: loop)
        } catch {
            state.withLock { $0.owners[record.id] = nil }
            throw error
        }
    }

    private func begin(
        _ record: TerminalRecord, _ order: HoldingOrder, for owner: SessionOwner?, on loop: isolated EventLoop
    ) async throws(TerminalError) -> TerminalInfo {
        let link = try await HolderLink.launch(order, by: setting.program, on: loop)
        return try enter(record, link, for: owner, isNew: true, on: loop).info(on: loop)
    }

    private func enter(
        _ record: TerminalRecord, _ link: HolderLink, for owner: SessionOwner?, isNew: Bool,
        on loop: isolated EventLoop
    ) throws(TerminalError) -> Terminal {
        let terminal = Terminal(
            record, link, setting, offload: offload, troubled: troubled,
            retire: { [weak self] id in self?.retire(id) }, on: loop)
        let bound = LoopBound(terminal, on: loop)
        state.withLock { $0.terminals[record.id] = bound }
        do throws(TerminalError) {
            try terminal.open(in: sessions.registry(on: loop), for: owner, isNew: isNew, on: loop)
        } catch {
            // One that has no session is none; its holder may be found again where it was there before.
            if terminal.session == nil {
                state.withLock { state in
                    state.terminals[record.id] = nil
                    state.owners[record.id] = nil
                }
                isNew ? link.release(on: loop) : link.close(on: loop)
            }
            throw error
        }
        terminal.beginRecording(on: loop)
        return terminal
    }

    private func nextHome() -> EventLoop {
        loops[nextLoop.add(1, ordering: .relaxed).oldValue % loops.count]
    }

    private func reserve(_ id: TerminalID, for owner: String?) throws(TerminalError) {
        let refusal: TerminalError? = state.withLock { state in
            if state.isClosing { return .shuttingDown }
            if state.owners.count >= setting.all { return .tooMany(limit: setting.all, whose: .all) }
            if state.owners.values.count(where: { $0 == owner }) >= setting.perPerson {
                return .tooMany(limit: setting.perPerson, whose: .person)
            }
            state.owners[id] = .some(owner)
            return nil
        }
        if let refusal { throw refusal }
    }

    // MARK: Those that were there before

    /// Takes over what earlier servers left to holders; ends it where terminals do not outlive their server.
    /// How many had which fate.
    package func adopt() async -> [EarlierTerminal: Int] {
        await withTaskGroup(of: EarlierTerminal.self) { group in
            for name in names() {
                let loop = nextHome()
                group.addTask { await self.adopt(name, on: loop) }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    /// Only of a holder that is certainly gone, or that is kept from doing anything, are the programs killed: another
    /// may still be found by a later server.
    private func adopt(_ name: SocketName, on loop: isolated EventLoop) async -> EarlierTerminal {
        do throws(TerminalError) {
            let grace = EndingGrace(setting)
            guard
                let link = try await HolderLink.adopt(
                    in: setting.folder, named: name.text, grace: grace, on: loop)
            else {
                await end(remains(of: name), on: loop)
                return .lost
            }
            let terminal = try takeOver(link, on: loop)
            guard setting.outlive == nil else { return .adopted }
            terminal.session?.end(Ending(.serverShutdown, "Terminals end with their server"), on: loop)
            return .ended
        } catch {
            let remains = remains(of: name)
            guard !remains.isStopped else {
                await end(remains, on: loop)
                return .lost
            }
            troubled(name.id, "it stays with its holder for now: \(error.sentence)")
            return .left
        }
    }

    private func takeOver(_ link: HolderLink, on loop: isolated EventLoop) throws(TerminalError) -> Terminal {
        let record: TerminalRecord
        do {
            record = try JSONFormat.decoder.decode(TerminalRecord.self, from: Data(link.note.utf8))
        } catch {
            link.close(on: loop)
            throw .holder("what was noted of it is not understood: \(error)")
        }
        let owner = record.owner.map { SessionOwner(account: $0, signIn: "") }
        state.withLock { $0.owners[record.id] = .some(record.owner) }
        return try enter(record, link, for: owner, isNew: false, on: loop)
    }

    private func remains(of name: SocketName) -> HolderRemains {
        HolderRemains(in: setting.folder, named: name.text, life: name.life)
    }

    private func end(_ remains: HolderRemains, on loop: isolated EventLoop) async {
        _ = try? await offload.run(until: loop.clock.now + .seconds(12), on: loop) {
            remains.end(within: .seconds(5))
        }
    }

    /// Where a holder is found: what it holds, and the mark of all that come from that.
    private struct SocketName {
        let text: String
        let id: TerminalID
        let life: String

        init?(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let id = TerminalID(parts[0]), parts[1].count == Nursery.life.count else {
                return nil
            }
            self.text = text
            self.id = id
            life = String(parts[1])
        }
    }

    private func names() -> [SocketName] {
        guard let folder = unsafe opendir(setting.folder) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [SocketName] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if let name = SocketName(name) { names.append(name) }
        }
        return names
    }

    // MARK: Those that are there

    package func terminal(_ id: TerminalID) throws(TerminalError) -> LoopBound<Terminal> {
        let found = state.withLock { state in
            prune(&state)
            return state.terminals[id]
        }
        guard let found else { throw .none(id.text) }
        return found
    }

    /// All of them, the oldest first.
    package func list() async -> [TerminalInfo] {
        let terminals = state.withLock { state in
            prune(&state)
            return Array(state.terminals.values)
        }
        var infos: [TerminalInfo] = []
        for terminal in terminals { infos.append(await terminal.run { $0.info(on: $1) }) }
        return infos.sorted {
            ($0.record.createdAt, $0.record.id.text) < ($1.record.createdAt, $1.record.id.text)
        }
    }

    package func info(_ id: TerminalID) async throws(TerminalError) -> TerminalInfo {
        await (try terminal(id)).run { $0.info(on: $1) }
    }

    /// Ends it. False when it is ending already.
    package func end(_ id: TerminalID, with ending: Ending) async throws(TerminalError) -> Bool {
        await (try terminal(id)).run { $0.session?.end(ending, on: $1) ?? false }
    }

    /// No more begin.
    package func stopBeginning() { state.withLock { $0.isClosing = true } }

    /// Waits until nothing of their logs is on its way any more.
    package func close() async {
        stopBeginning()
        for terminal in state.withLock({ Array($0.terminals.values) }) {
            let log = await terminal.run { terminal, _ in terminal.log }
            await log.drain()
        }
    }

    private func retire(_ id: TerminalID) {
        let now = loops[0].clock.now
        state.withLock { state in
            state.owners[id] = nil
            state.ended.append((id, now))
            prune(&state)
        }
        over(id)
    }

    private func prune(_ state: inout State) {
        let now = loops[0].clock.now
        while let first = state.ended.first,
            state.ended.count > Self.mostEnded || now - first.at > setting.keepEnded
        {
            state.terminals[first.id] = nil
            state.ended.removeFirst()
        }
    }
}
