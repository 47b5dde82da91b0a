import CLinux
import Glibc

/// All that a child process is made of. Nothing is inherited by accident: the environment is the whole
/// environment, every other descriptor is closed, no signal is blocked or ignored.
package struct ProcessSpec: Sendable {
    /// Where one of the child's standard streams leads.
    package enum Stream: Sendable {
        case null
        /// A pipe whose other end the `ChildProcess` holds, non-blocking.
        case pipe
        /// One that is made already.
        case descriptor(Lent)
    }

    /// A descriptor that is open for as long as the asker or a birth has it.
    package final class Lent: Sendable {
        let raw: CInt

        package init(owning raw: CInt) { self.raw = raw }

        deinit { close(raw) }
    }

    package enum Streams: Sendable {
        case separate(input: Stream, output: Stream, error: Stream)
        /// All three are one terminal, which controls the child's session.
        case terminal(columns: UInt16, rows: UInt16)

        package static let null = Streams.separate(input: .null, output: .null, error: .null)
        package static let pipes = Streams.separate(input: .pipe, output: .pipe, error: .pipe)
    }

    /// A bound that the kernel enforces; at the soft one the process is told, the hard one it cannot pass.
    package struct Limit: Sendable {
        package enum Resource: Sendable {
            /// Seconds of processor time; the soft bound sends SIGXCPU, the hard one kills.
            case cpuSeconds
            case addressSpaceBytes
            case fileBytes
            case coreBytes
            case openFiles
            /// Counted for the whole user.
            case processes

            var number: CInt {
                switch self {
                case .cpuSeconds: CInt(RLIMIT_CPU.rawValue)
                case .addressSpaceBytes: CInt(RLIMIT_AS.rawValue)
                case .fileBytes: CInt(RLIMIT_FSIZE.rawValue)
                case .coreBytes: CInt(RLIMIT_CORE.rawValue)
                case .openFiles: CInt(RLIMIT_NOFILE.rawValue)
                case .processes: CInt(__RLIMIT_NPROC.rawValue)
                }
            }
        }

        package var resource: Resource
        package var soft: UInt64
        package var hard: UInt64

        package init(_ resource: Resource, soft: UInt64, hard: UInt64) {
            self.resource = resource
            self.soft = soft
            self.hard = hard
        }

        package init(_ resource: Resource, _ bound: UInt64) { self.init(resource, soft: bound, hard: bound) }
    }

    package struct User: Sendable {
        package var user: UInt32
        package var group: UInt32
        package var groups: [UInt32]

        package init(user: UInt32, group: UInt32, groups: [UInt32] = []) {
            self.user = user
            self.group = group
            self.groups = groups
        }
    }

    /// A path when it contains a slash, otherwise a name that is looked for in the PATH of `environment`.
    package var program: String
    /// What follows the program's name.
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?
    package var streams: Streams
    package var limits: [Limit] = []
    package var user: User?
    /// Whether setuid programs work below this child, as `sudo` in a terminal does.
    package var mayGainPrivileges = false
    package var fileMask: UInt32?
    /// Whether it goes on when this program ends. It bears no mark then, so that no later life takes it for a leftover.
    package var outlives = false
    /// Whether this program has no other child: whoever descends from it then belongs to this one, also who shed the mark.
    package var isOnly = false
    /// The control group that the child and all that come from it belong to, where the system has one for us.
    package var controlGroup: ControlGroup?

    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil, streams: Streams = .null
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.streams = streams
    }

    /// The paths at which the program may be, in the order in which they are tried.
    var candidates: [String] {
        guard !program.isEmpty, !program.utf8.contains(UInt8(ascii: "/")) else { return [program] }
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            $0.isEmpty ? "./\(program)" : "\(Substring($0))/\(program)"
        }
    }

    /// Whether every string arrives whole: none has a NUL in it, and names of variables have no `=`.
    var isSpellable: Bool {
        let texts = [program, directory ?? ""] + arguments + environment.keys + environment.values
        return texts.allSatisfy { !$0.utf8.contains(0) }
            && environment.keys.allSatisfy { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "=")) }
    }
}
