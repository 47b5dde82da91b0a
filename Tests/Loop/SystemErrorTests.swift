import Glibc
import Loop
import Testing

@Suite struct SystemErrorTests {
    @Test func namesTheCallAndTheReason() {
        #expect(SystemError("open", code: ENOENT).description == "open: No such file or directory")
    }
}
