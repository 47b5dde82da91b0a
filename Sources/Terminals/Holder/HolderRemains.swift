import CLinux
import Glibc
import Loop

/// What there is of a holder that is gone or does not answer, to be ended by force.
struct HolderRemains: Sendable {
    /// The mark of all that come from its program.
    let life: String
    /// The holder itself, where it may still be there. All that it holds is below it then, also who shed the mark.
    private(set) var process: KnownProcess?
    /// Where servers came to it.
    private let socketPath: String?

    init(life: String, process: KnownProcess?, socketPath: String?) {
        self.life = life
        self.process = process
        self.socketPath = socketPath
    }

    /// Of one that an earlier server left, by the socket where servers come to it.
    init(in folder: String, named name: String, life: String) {
        self.init(life: life, process: nil, socketPath: "\(folder)/\(name)")
        let raw = unsafe hf_packet_connect(folder, name)
        guard raw >= 0 else { return }
        process = KnownProcess(hf_peer_process(raw))
        close(raw)
    }

    /// Somebody keeps it from doing anything: it will never end by itself.
    var isStopped: Bool { process?.isStopped ?? false }

    /// Ends all of it, so that no later server looks for it either. Blocks, so not on a loop.
    func end(within patience: Duration) -> Leftovers.Report {
        let below = process.map { Leftovers.end($0, within: patience) }
        // Whom it lost when it was killed bears the mark.
        let marked = Leftovers.end(of: [life], within: patience)
        if let socketPath { unsafe _ = unlink(socketPath) }
        return below.map { $0 + marked } ?? marked
    }
}
