import Loop
import Sessions
import Wire

/// What a peer asks for over a multiplexed socket.
extension LiveSocket {
    func perform(_ kind: WebSocketMessageKind, _ text: [UInt8], on loop: isolated EventLoop) {
        var channel: UInt64?
        do throws(HTTPError) {
            guard kind == .text else { throw Self.mistake("Operations are text messages.") }
            let request = try Self.parse(text)
            if request.text("type") == "ping" { return say(LiveMessage.pong(), on: loop) }
            channel = request.number("channel")
            guard let number = channel else {
                throw Self.mistake("`channel` must be a number that you choose, 0 or more.")
            }
            switch request.text("op") {
            case "open"?: try open(number, request, on: loop)
            case "close"?: try close(number, on: loop)
            case "send"?: try send(number, request, on: loop)
            default: throw Self.mistake("`op` must be \"open\", \"close\" or \"send\".")
            }
        } catch {
            refuse(error, channel, on: loop)
        }
    }

    private static func parse(_ text: [UInt8]) throws(HTTPError) -> JSONObject {
        var text = text
        do throws(JSONError) {
            try JSONValidator.minify(&text)
        } catch {
            throw mistake(error.description)
        }
        guard let request = JSONObject(minified: text) else {
            throw mistake(#"An operation is an object such as {"op":"open","channel":7,"path":"/routes"}."#)
        }
        return request
    }

    private func open(
        _ number: UInt64, _ request: JSONObject, on loop: isolated EventLoop
    ) throws(HTTPError) {
        guard channels[number] == nil else {
            throw HTTPError(.conflict, "Channel \(number) is open; close it first, or choose another number.")
        }
        guard let path = request.text("path"), path.hasPrefix("/") else {
            throw Self.mistake("`path` must be an address such as \"/feeds/x\".")
        }
        let after = request.number("after")
        if let given = request["after"], after == nil, !given.elementsEqual("null".utf8) {
            throw Self.mistake(
                "`after` must be the `seq` of the last message that you have, as a number, or 0 for all that is kept."
            )
        }
        // Those that end count: each is a session and perhaps a task until it has given everything back.
        guard channels.count + endingChannels < mostChannels else {
            throw HTTPError(.tooManyRequests, "There may be \(mostChannels) channels; close one first.")
        }
        do throws(HTTPError) {
            let segments = Self.segments(of: path)
            let target = try target(at: segments, request, on: loop)
            let channel = LiveChannel(
                number, target, at: "/" + segments.joined(separator: "/"), of: self)
            channels[number] = channel
            channel.open(in: session.registry, for: caller.owner, after: after, on: loop)
        } catch {
            guard mayErr(on: loop) else { return }
            sayClosed(number, .refused(status: Int(error.status.code), error.sentence), on: loop)
        }
    }

    /// Those behind `/api/v1/ws`, unescaped.
    private static func segments(of path: String) -> [String] {
        let prefix = "/api/v1/ws/"
        let short = path.hasPrefix(prefix) ? path.dropFirst(prefix.count - 1) : path[...]
        return short.split(separator: "/", omittingEmptySubsequences: true).map { segment in
            PercentEncoding.decode(segment).map { String(decoding: $0, as: UTF8.self) } ?? String(segment)
        }
    }

    private func target(
        at path: [String], _ members: JSONObject, on loop: isolated EventLoop
    ) throws(HTTPError) -> any LiveTarget {
        let request = LiveRequest(path: path, members: members, caller: caller)
        for source in sources {
            if let target = try source.open(request, on: loop) { return target }
        }
        throw HTTPError(.notFound, "There is nothing live at /\(path.joined(separator: "/")).")
    }

    private func close(_ number: UInt64, on loop: isolated EventLoop) throws(HTTPError) {
        let channel = try channel(number)
        let ending = Ending(.peerLeft)
        close(channel, ending, on: loop)
        sayClosed(number, ending, on: loop)
    }

    private func send(
        _ number: UInt64, _ request: JSONObject, on loop: isolated EventLoop
    ) throws(HTTPError) {
        let channel = try channel(number)
        guard let data = request["data"] else { throw Self.mistake("`data` is missing: what to send.") }
        guard case .later(let sending) = try channel.target.send(Array(data), from: caller, on: loop) else {
            return
        }
        try sendings.add(sending, for: self, on: loop) { [weak self] error in
            self?.refuse(error, number, on: loop)
        }
    }

    private func channel(_ number: UInt64) throws(HTTPError) -> LiveChannel {
        guard let channel = channels[number] else {
            throw HTTPError(.notFound, "Channel \(number) is not open; open it first.")
        }
        return channel
    }

    // MARK: Answers

    private static func mistake(_ sentence: String) -> HTTPError { HTTPError(.badRequest, sentence) }

    /// `{"channel":7,"type":"error","ts":…,"data":{"status":400,"detail":"…"}}`, until there are too many.
    private func refuse(_ error: HTTPError, _ channel: UInt64?, on loop: isolated EventLoop) {
        guard mayErr(on: loop) else { return }
        var data = Array(#"{"status":\#(error.status.code),"detail":"#.utf8)
        JSONText.quote(error.sentence, to: &data)
        data.append(UInt8(ascii: "}"))
        say(LiveMessage.message("error", data, channel: channel), on: loop)
    }

    /// Counts one more mistake; false when there are too many, and the connection ends.
    private func mayErr(on loop: isolated EventLoop) -> Bool {
        if errors.mayContinue(at: loop.now) { return true }
        end(Ending(.policyViolation, "Too many mistakes"), on: loop)
        return false
    }

    func sayClosed(_ number: UInt64, _ ending: Ending, on loop: isolated EventLoop) {
        say(LiveMessage.message("closed", LiveMessage.endData(ending), channel: number), on: loop)
    }
}
