import Loop
import Sessions

/// What the bodies and the things of one test say, in order.
final class Journal {
    private(set) var lines: [String] = []
    func say(_ line: String) { lines.append(line) }
}

/// A body that holds one descriptor and writes down what happens to it.
final class Body: SessionBody, Held {
    let peer: String
    let journal: Journal
    private(set) var holding: Holdings = [.descriptor: 1]
    private(set) var report: SessionReport?
    /// What it ends once more while it is ending.
    weak var endedAgain: Session?

    init(_ peer: String = "peer", _ journal: Journal = Journal()) {
        self.peer = peer
        self.journal = journal
    }

    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        journal.say("closing \(ending)")
        endedAgain?.end(Ending(.deadline), on: loop)
    }

    func expiring(_ reason: EndingReason, at deadline: Instant, on loop: isolated EventLoop) {
        journal.say("expiring \(reason.name) in \((deadline - loop.now).milliseconds / 1000) s")
    }

    func giveBack(on loop: isolated EventLoop) {
        holding = .none
        journal.say("gave back \(peer)")
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        self.report = report
        journal.say("closed \(report.ending)")
    }
}

/// Something that is given back at once, or says so.
final class Thing: Held {
    private let name: String
    private let journal: Journal
    private let forgets: Bool
    private(set) var holding: Holdings = [.lock: 1]

    init(_ name: String, _ journal: Journal = Journal(), forgets: Bool = false) {
        self.name = name
        self.journal = journal
        self.forgets = forgets
    }

    func giveBack(on loop: isolated EventLoop) {
        if !forgets { holding = .none }
        journal.say("gave back \(name)")
    }
}

/// Something that is given back when the test says so.
final class SlowThing: SlowHeld {
    let patience = Duration.seconds(2)
    private let name: String
    private let journal: Journal
    private var receipt: Receipt?
    private(set) var holding: Holdings = [.process: 1]

    init(_ name: String, _ journal: Journal = Journal()) {
        self.name = name
        self.journal = journal
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        journal.say("giving back \(name)")
        self.receipt = receipt
    }

    func finish(on loop: isolated EventLoop) {
        holding = .none
        journal.say("gave back \(name)")
        receipt?.given(on: loop)
        receipt = nil
    }
}

/// Something given back by a function that waits; it goes on waiting until it is cancelled when it is stuck.
final class AsyncThing: AsyncHeld {
    let patience = Duration.seconds(2)
    private let takes: Duration
    private let journal: Journal
    private(set) var holding: Holdings = [.process: 1]

    init(takes: Duration, _ journal: Journal) {
        self.takes = takes
        self.journal = journal
    }

    func giveBackSlowly(on loop: isolated EventLoop) async {
        let wake = await loop.sleep(until: loop.now + takes)
        holding = .none
        journal.say("process gone: \(wake)")
    }
}

/// A body that says why it ends, and is given back when its peer has answered.
final class PoliteBody: SessionBody, SlowHeld {
    let peer = "polite"
    let patience = Duration.seconds(5)
    private let journal: Journal
    private var ending: Ending?
    private var receipt: Receipt?
    private(set) var holding: Holdings = [.descriptor: 1]

    init(_ journal: Journal) { self.journal = journal }

    func closing(_ ending: Ending, on loop: isolated EventLoop) { self.ending = ending }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        journal.say("said \(ending?.closeCode ?? 0)")
        self.receipt = receipt
    }

    func peerAnswers(on loop: isolated EventLoop) {
        holding = .none
        receipt?.given(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        journal.say("closed \(report.ending)")
    }
}
