import Testing
import Wire

@Suite struct HTTPDateTests {
    static let known: [(Int64, String)] = [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_769_860_800, "Sat, 31 Jan 2026 12:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
    ]

    @Test(arguments: known) func writesAndReadsTheSameMoment(seconds: Int64, text: String) {
        #expect(HTTPDate(seconds: seconds).description == text)
        #expect(HTTPDate(text) == HTTPDate(seconds: seconds))
    }

    @Test func readsTheObsoleteForms() {
        let moment = HTTPDate(seconds: 784_111_777)
        #expect(HTTPDate("Sunday, 06-Nov-94 08:49:37 GMT") == moment)
        #expect(HTTPDate("Sun Nov  6 08:49:37 1994") == moment)
        #expect(HTTPDate("Thursday, 01-Jan-70 00:00:00 GMT") == HTTPDate(seconds: 0))
        #expect(HTTPDate("Friday, 31-Dec-69 23:59:59 GMT") == HTTPDate("Tue, 31 Dec 2069 23:59:59 GMT"))
    }

    /// Every day of 400 years, so every shape of a leap year.
    @Test func writesEveryDayAsItReadsIt() {
        for day in stride(from: Int64(0), to: 146_097, by: 1) {
            let date = HTTPDate(seconds: day * 86400 + 86399)
            guard HTTPDate(date.description) == date else {
                Issue.record("\(date) is read as another day")
                return
            }
        }
    }

    @Test(arguments: [
        "", "Sun", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 19940 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT",
    ])
    func readsNothingElse(text: String) {
        #expect(HTTPDate(text) == nil)
    }
}
