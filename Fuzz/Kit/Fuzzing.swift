/// What every fuzz program is: libFuzzer calls `check` with one input after the other, until it traps or has had
/// as many as the arguments say.
package func fuzz(_ check: @escaping ([UInt8]) -> Void) {
    unsafe checked = check
    var count = CommandLine.argc
    var arguments = unsafe CommandLine.unsafeArgv
    // The package manager makes `main` out of main.swift, so libFuzzer's own is not used; its driver is.
    _ = unsafe runDriver(&count, &arguments, testOneInput)
}

// Written once, before the driver runs, which has one thread.
nonisolated(unsafe) private var checked: ([UInt8]) -> Void = { _ in }

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes at `start` for the time of this call.
    unsafe checked([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
