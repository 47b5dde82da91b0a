import Glibc

/// Strings as C hands them to a new program: an array of pointers with a null pointer at its end.
@safe final class CStrings {
    private let count: Int
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            unsafe (pointers + index).initialize(to: strdup(string))
        }
        unsafe (pointers + count).initialize(to: nil)
    }

    /// The same pointers for a callee that changes nothing.
    var constant: UnsafePointer<UnsafePointer<CChar>?> {
        // A pointer to mutable characters and one to constant ones have one layout.
        unsafe UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
