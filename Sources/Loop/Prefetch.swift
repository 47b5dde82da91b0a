import CLinux

/// Begins to fetch an object into the processor's cache, and does nothing else.
///
/// For a walk over more objects than the cache holds: what the walk comes to next is fetched while the kernel works.
@inline(__always)
package func prefetch(_ object: AnyObject, bytes: Int = 64) {
    let place = unsafe UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque())
    // A hint for an address that may lie behind the object, never an access.
    for line in stride(from: 0, to: bytes, by: 64) { unsafe hf_prefetch(place + line) }
}
