extension Ending {
    /// All endings, in the order of `EndingReason`.
    package static let table: [EndingRow] = work + peer + server + limits + refusals

    private static let work: [EndingRow] = [
        EndingRow(
            .completed, "completed", close: 1000, exit: .success,
            "Completed", "The work is done."),
        EndingRow(
            .failed, "failed", close: 1000, exit: .failure,
            "Failed", "The work is over and did not succeed."),
        EndingRow(
            .cancelled, "cancelled", close: 1000, exit: .interrupted,
            "Cancelled", "A person ended it."),
        EndingRow(
            .peerLeft, "peer_left", close: 1000, exit: .success,
            "Goodbye", "The peer closed the connection as it should."),
    ]

    private static let peer: [EndingRow] = [
        EndingRow(
            .peerLost, "peer_lost", close: nil, exit: .unavailable, retry: true,
            "Connection lost", "The connection to the peer broke; a peer sees this as 1006."),
        EndingRow(
            .notAnswering, "not_answering", close: 4004, exit: .unavailable, http: 408, retry: true,
            "Not answering", "The peer did not answer a ping, or take what was sent, in time."),
        EndingRow(
            .requestTimeout, "request_timeout", close: nil, exit: .unavailable, http: 408, retry: true,
            "Request timeout", "The request did not arrive in time."),
        EndingRow(
            .protocolError, "protocol_error", close: 1002, exit: .protocolFault, http: 400,
            "Protocol error", "The peer broke the protocol; the reason text says where."),
        EndingRow(
            .unsupportedData, "unsupported_data", close: 1003, exit: .data, http: 415,
            "Unsupported data", "The peer sent a kind of message that this endpoint does not take."),
        EndingRow(
            .invalidText, "invalid_text", close: 1007, exit: .data, http: 400,
            "Invalid UTF-8", "The peer sent text that is not UTF-8."),
        EndingRow(
            .messageTooBig, "message_too_big", close: 1009, exit: .data, http: 413,
            "Message too big", "The peer sent more than the limit allows."),
        EndingRow(
            .policyViolation, "policy_violation", close: 1008, exit: .permission, http: 403,
            "Not allowed", "The origin, the permission or the rate was not allowed."),
    ]

    private static let server: [EndingRow] = [
        EndingRow(
            .serverShutdown, "server_shutdown", close: 1001, exit: .temporary, http: 503, retry: true,
            "Server shutting down", "The server is shutting down; connect again, here or elsewhere."),
        EndingRow(
            .internalError, "internal_error", close: 1011, exit: .software, http: 500, retry: true,
            "Internal error", "The server failed; quote the id, under which the log has the reason."),
        EndingRow(
            .tryAgainLater, "try_again_later", close: 1013, exit: .temporary, http: 503, retry: true,
            "Try again later", "A limit of the server is reached; come again after a pause."),
    ]

    private static let limits: [EndingRow] = [
        EndingRow(
            .idle, "idle", close: 4000, exit: .timeout,
            "Idle", "Nothing happened for as long as it may be idle."),
        EndingRow(
            .deadline, "deadline", close: 4008, exit: .timeout,
            "Deadline", "It took as long as it may take, or reached its maximum life."),
        EndingRow(
            .replaced, "replaced", close: 4001, exit: .permission, http: 401,
            "Logged in from another location",
            "The same person signed in elsewhere, and one session is allowed."),
        EndingRow(
            .signedOut, "signed_out", close: 4002, exit: .permission, http: 401,
            "Signed out", "The token expired or was revoked; sign in again."),
    ]

    private static let refusals: [EndingRow] = [
        EndingRow(
            .badRequest, "bad_request", close: 4400, exit: .data, http: 400,
            "Bad request", "The request could not be understood; the reason text says why."),
        EndingRow(
            .unauthenticated, "unauthenticated", close: 4401, exit: .permission, http: 401,
            "Sign in first", "There was no valid token or cookie; sign in first."),
        EndingRow(
            .forbidden, "forbidden", close: 4403, exit: .permission, http: 403,
            "Forbidden", "The account may not do this."),
        EndingRow(
            .notFound, "not_found", close: 4404, exit: .unavailable, http: 404,
            "Not found", "There is nothing at this address."),
        EndingRow(
            .conflict, "conflict", close: 4409, exit: .temporary, http: 409,
            "Conflict", "Something else stands in the way; the reason text says what."),
        EndingRow(
            .gone, "gone", close: 4410, exit: .unavailable, http: 410,
            "Gone", "What was at this address is there no more."),
        EndingRow(
            .tooManyRequests, "too_many_requests", close: 4429, exit: .temporary, http: 429, retry: true,
            "Too many requests", "The rate or the number allowed is reached; come again after a pause."),
        EndingRow(
            .refused, "refused", close: 4400, exit: .failure,
            "Refused", "Refused with another 4xx status, whose last two digits are added to 4400."),
    ]
}
