import Configuration
import Loop
import Synchronization

/// Bounds how often somebody may try to sign in: so many failures for one name, and from one address, within
/// a window that slides.
///
/// An attempt counts from its beginning, so that many at once are not all let in before the first has failed;
/// one that succeeds is forgotten again.
final class AttemptLimit: Sendable {
    private enum Key: Hashable {
        case name(String)
        case address(String)
    }

    /// A flood of made-up names and addresses does not grow the memory: the oldest half is forgotten.
    private static let keyLimit = 20_000

    private let attempts = Mutex<[Key: [Instant]]>([:])

    /// Counts an attempt. When there have been too many, it is not counted, and the time after which the next
    /// one is let in is returned.
    func begin(
        name: String, address: String, at now: Instant, allowed: Int, within window: Duration
    ) -> Duration? {
        let keys = Self.keys(name, address)
        return attempts.withLock { attempts in
            var wait: Duration?
            for key in keys {
                let recent = attempts[key, default: []].filter { $0 + window > now }
                attempts[key] = recent.isEmpty ? nil : recent
                if recent.count >= allowed {
                    wait = max(wait ?? .zero, recent[recent.count - allowed] + window - now)
                }
            }
            if let wait { return wait }
            for key in keys { attempts[key, default: []].append(now) }
            if attempts.count > Self.keyLimit { Self.forgetOldestHalf(&attempts) }
            return nil
        }
    }

    /// The attempt that began at `instant` was no failure, and those for this name before it are made good.
    func succeeded(name: String, address: String, begunAt instant: Instant) {
        attempts.withLock { attempts in
            attempts[.name(name)] = nil
            let key = Self.keys(name, address)[1]
            if let index = attempts[key]?.lastIndex(of: instant) { attempts[key]?.remove(at: index) }
        }
    }

    private static func keys(_ name: String, _ address: String) -> [Key] {
        [.name(name), .address(network(of: address))]
    }

    /// Whoever has one IPv6 address has the 2⁶⁴ beside it too.
    private static func network(of address: String) -> String {
        guard let parsed = IPAddress(address), parsed.isV6 else { return address }
        return parsed.bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }

    private static func forgetOldestHalf(_ attempts: inout [Key: [Instant]]) {
        let ages = attempts.values.compactMap(\.last).sorted()
        let median = ages[ages.count / 2]
        attempts = attempts.filter { ($0.value.last ?? median) > median }
    }
}
