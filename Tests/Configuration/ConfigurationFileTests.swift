import Configuration
import Glibc
import Testing

@Suite struct ConfigurationFileTests {
    @Test func aMissingFileThatWasNamedIsAnError() {
        for environment in [[:], [ConfigurationFile.variable: "/nowhere/h.yaml"]] {
            #expect(
                throws: ConfigurationError.unreadable(
                    file: "/nowhere/h.yaml", reason: "No such file or directory")
            ) {
                try ConfigurationFile.find(
                    named: environment.isEmpty ? "/nowhere/h.yaml" : nil, environment: environment)
            }
        }
    }

    @Test func whatCouldKeepTheStartWaitingIsNotRead() {
        #expect(throws: ConfigurationError.unreadable(file: "/dev/zero", reason: "is not a regular file")) {
            try ConfigurationFile(reading: "/dev/zero")
        }
        #expect(throws: ConfigurationError.unreadable(file: "/", reason: "is not a regular file")) {
            try ConfigurationFile(reading: "/")
        }
    }

    @Test func theUsualPlacesFollowThePerson() {
        #expect(
            ConfigurationFile.places(["HOME": "/h"])
                == ["holdfast.yaml", "/h/.config/holdfast/holdfast.yaml", "/etc/holdfast/holdfast.yaml"])
        #expect(
            ConfigurationFile.places(["HOME": "/h", "XDG_CONFIG_HOME": "/x"])[1]
                == "/x/holdfast/holdfast.yaml")
    }

    @Test func aFileIsReadWhole() throws {
        let text = Array(String(repeating: "# a line\n", count: 20_000).utf8)
        var name = Array("/tmp/holdfast-XXXXXX\0".utf8CString.dropLast())
        let descriptor = unsafe mkstemp(&name)
        defer { close(descriptor) }
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = unsafe unlink(path) }
        #expect(unsafe write(descriptor, text, text.count) == text.count)
        #expect(try ConfigurationFile(reading: path).bytes == text)
    }
}
