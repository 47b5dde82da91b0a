import JSONCoding

/// How one who types comes to a terminal.
package enum TypistClaim: Equatable, Sendable {
    /// What it types is not counted.
    case none
    /// What it types is counted, under a name that it gets.
    case new
    /// It had that name before its connection broke.
    case back(String)
}

/// Those who type in a terminal, across their connections: under which name, and how much was taken of what each typed.
/// By that one whose connection broke knows what to type again.
///
/// Lives with its terminal, on its loop. The oldest are forgotten.
struct TerminalTypists {
    private static let most = 64

    private struct Typist {
        let name: String
        var typed: UInt64 = 0
        /// Over which connection it types now.
        weak var seat: TerminalSeat?
    }

    /// Who came last stands last.
    private var all: [Typist] = []

    /// Gives one a seat. A name that is not known gets another: what was typed under it was not counted here.
    mutating func come(_ claim: TypistClaim, to seat: TerminalSeat) -> Terminal.Arrival.Typist? {
        var typist = Typist(name: ShortNames.make())
        switch claim {
        case .none: return nil
        case .new: break
        case .back(let name):
            if let index = all.firstIndex(where: { $0.name == name }) { typist = all.remove(at: index) }
        }
        typist.seat = seat
        all.append(typist)
        if all.count > Self.most { all.removeFirst() }
        return Terminal.Arrival.Typist(name: typist.name, typed: typist.typed)
    }

    /// So much of what came over a connection was taken.
    mutating func took(_ count: Int, from seat: TerminalSeat) {
        guard let index = all.lastIndex(where: { $0.seat === seat }) else { return }
        all[index].typed += UInt64(count)
    }

    /// The seat that one who comes back left behind, or may have.
    func seat(of claim: TypistClaim) -> TerminalSeat? {
        guard case .back(let name) = claim else { return nil }
        return all.last { $0.name == name }?.seat
    }
}
