import Server
import Testing

@Suite struct RoleTests {
    @Test func eachRoleMayDoWhatThoseBeforeItMay() {
        #expect(Role.viewer < Role.operators)
        #expect(Role.operators < Role.admin)
    }
}
