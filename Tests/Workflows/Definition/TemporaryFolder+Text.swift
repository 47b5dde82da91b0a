import Glibc
import Loop
import TestKit

extension TemporaryFolder {
    func write(_ text: String, to name: String) throws {
        guard let stream = unsafe fopen(file(name), "w") else { throw SystemError("fopen") }
        unsafe fputs(text, stream)
        unsafe fclose(stream)
    }

    func contents(of name: String) throws -> String { try Self.contents(ofFile: file(name)) }

    static func contents(ofFile path: String) throws -> String {
        guard let stream = unsafe fopen(path, "r") else { throw SystemError("fopen") }
        defer { unsafe fclose(stream) }
        return unsafe rest(of: stream)
    }

    /// What a command line says, and its status as `wait` has it.
    static func said(by line: String) throws -> (text: String, status: CInt) {
        guard let stream = unsafe popen(line, "r") else { throw SystemError("popen") }
        let text = unsafe rest(of: stream)
        return unsafe (text, pclose(stream))
    }

    private static func rest(of stream: UnsafeMutablePointer<FILE>) -> String {
        var bytes: [UInt8] = []
        while case let byte = unsafe fgetc(stream), byte != EOF { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
