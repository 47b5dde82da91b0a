@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes at `start` for the time of this call.
    checkEverySplitIsTheSame(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// The package manager makes `main` out of this file, so libFuzzer's own is not used; its driver is.
var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
_ = unsafe runDriver(&count, &arguments, testOneInput)
