import Loop
import Sessions

extension LedgerReport {
    /// What went wrong, for the log.
    var sentence: String {
        switch fault {
        case .leaked: "a session still holds what it said to have given back"
        case .overdue: "a session took too long to give back what it held"
        }
    }
}

extension LogFields {
    init(_ report: LedgerReport) {
        let (holdings, after): (Holdings, Duration?) =
            switch report.fault {
            case .leaked(let holdings): (holdings, nil)
            case .overdue(let holdings, let after): (holdings, after)
            }
        let held = Holding.allCases.filter { holdings[$0] != 0 }.map { "\($0.name):\(holdings[$0])" }
        self = [
            "session": .text("\(report.session)"), "kind": .text(report.kind.name),
            "account": LogValue(report.account), "holder": LogValue(report.holder),
            "held": .text(held.joined(separator: " ")), "after_ms": LogValue(after?.milliseconds),
        ]
    }
}
