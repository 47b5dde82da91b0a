import FoundationEssentials
import Glibc

/// The variables that the program was started with.
enum Environment {
    /// With a `HOME` also where there was none, or no whole path: init systems leave it out, and the system knows whose
    /// program this is.
    static var variables: [String: String] {
        var variables = ProcessInfo.processInfo.environment
        if variables["HOME"]?.hasPrefix("/") != true { variables["HOME"] = homeOfUser }
        return variables
    }

    static subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static var homeOfUser: String? {
        var text = [CChar](repeating: 0, count: 64 << 10)
        // What the entry points to is in `text`, and copied while that is lent.
        return unsafe text.withUnsafeMutableBufferPointer { text in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard unsafe getpwuid_r(getuid(), &entry, text.baseAddress!, text.count, &found) == 0,
                unsafe found != nil, let home = unsafe entry.pw_dir
            else { return nil }
            return unsafe String(cString: home)
        }
    }
}
