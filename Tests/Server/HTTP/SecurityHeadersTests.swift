import Testing
import Transport
import Wire

@testable import Server

@Suite struct SecurityHeadersTests {
    private func headers(_ headers: HTTPHeaders, status: HTTPStatus = .ok) -> HTTPHeaders {
        var response = Response(status, headers: headers)
        SecurityHeaders.add(to: &response)
        return response.head.headers
    }

    @Test func aPageMayLoadItsOwnFilesAndNobodyMayFrameIt() {
        let policy = headers([.contentType: "text/html; charset=utf-8"])[.contentSecurityPolicy] ?? ""
        for part in [
            "default-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:",
            "frame-ancestors 'none'",
        ] { #expect(policy.contains(part)) }
    }

    @Test func dataMayDoNothingAndIsNotKept() {
        let headers = headers([.contentType: "application/json"])
        #expect(headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
        #expect(headers["X-Content-Type-Options"] == "nosniff")
        #expect(headers["Referrer-Policy"] == "no-referrer")
        #expect(headers[.cacheControl] == "no-store")
    }

    @Test func whatARouteSaysItselfStays() {
        let headers = headers([
            .contentType: "text/html", .cacheControl: "no-cache", .contentSecurityPolicy: "x",
        ])
        #expect(headers.values(of: .cacheControl) == ["no-cache"])
        #expect(headers.values(of: .contentSecurityPolicy) == ["x"])
    }

    @Test func anAnswerThatNothingHasChangedDoesNotChangeWhatIsKept() {
        let headers = headers([.etag: "\"a\""], status: .notModified)
        #expect(!headers.contains(.contentSecurityPolicy))
        #expect(!headers.contains(.cacheControl))
    }
}
