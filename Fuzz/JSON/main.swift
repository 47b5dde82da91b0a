/// Holds what the validator says of any bytes to its promises.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes at `start` for this call.
    checkPromises(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ argc: UnsafeMutablePointer<CInt>, _ argv: UnsafeMutablePointer<Arguments>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
// Swift starts a program at its own `main`, so libFuzzer's is called from there.
_ = unsafe runDriver(&count, &arguments, testOneInput)
