package import Loop
package import Sessions

/// Who is attached, what they type, and how large the screen is.
extension Terminal {
    /// What one who has just come needs to go on by itself.
    package struct Arrival: Sendable {
        package let place: Log.SpokenPlace
        /// Of the first byte that it gets.
        package let offset: UInt64
        package let keptFrom: UInt64
        package let record: TerminalRecord
        /// Somebody who typed there had to leave for it.
        package let tookOver: Bool
        /// As whom it types, where that is counted.
        package let typist: Typist?

        package struct Typist: Sendable {
            package let name: String
            /// How much of what it typed was taken, over all its connections.
            package let typed: UInt64
        }
    }

    /// Somebody has come: in one step it is told where it goes on, and counted.
    ///
    /// - Parameters:
    ///   - offset: how many bytes it has had; nil for all that is kept.
    ///   - size: of its screen, where it may type and has one.
    ///   - claim: as whom it types.
    package func join(
        _ seat: TerminalSeat, after offset: UInt64?, size: TerminalSize?, takingOver: Bool,
        as claim: TypistClaim = .none, on loop: isolated EventLoop
    ) throws(TerminalError) -> Arrival {
        // To one that ends nobody is new: who is there hears its end.
        let tookOver = isRunning && seat.isWriter ? try makeRoom(for: claim, takingOver) : false
        let log = log.log(on: loop)
        let keptFrom = log.spoken(before: log.oldest)
        let place = log.place(afterSpoken: offset ?? keptFrom, on: loop)
        let begin: UInt64 =
            switch place.loss {
            case .none: offset ?? keptFrom
            case .gap(let to), .reset(let to): to
            }
        seat.took(to: begin)
        if isRunning {
            seats.append((seat, size))
            attendanceChanged(on: loop)
            if size != nil { fit(on: loop) }
        }
        return Arrival(
            place: place, offset: begin, keptFrom: keptFrom, record: record, tookOver: tookOver,
            typist: seat.isWriter ? typists.come(claim, to: seat) : nil)
    }

    /// Whether one who types may come. Who comes back has its own place again, and takes nobody else's.
    package func admits(_ claim: TypistClaim, takingOver: Bool) -> Bool {
        if takingOver || record.takeover == .share { return true }
        let own = typists.seat(of: claim)
        if !seats.contains(where: { $0.seat.isWriter && $0.seat !== own }) { return true }
        if case .back = claim { return false }
        return record.takeover == .replace
    }

    /// Whether somebody else had to leave for one who comes to type.
    private func makeRoom(for claim: TypistClaim, _ takesOver: Bool) throws(TerminalError) -> Bool {
        guard admits(claim, takingOver: takesOver) else { throw .taken }
        // Nothing more is taken of what is still on its way over the connection before.
        if let own = typists.seat(of: claim) { _ = dismiss { $0 === own } }
        return record.takeover != .share || takesOver ? dismiss(\.isWriter) : false
    }

    /// Whether there were any.
    private func dismiss(_ mustLeave: (TerminalSeat) -> Bool) -> Bool {
        let count = seats.count
        for (seat, _) in seats where mustLeave(seat) { seat.leave() }
        seats.removeAll { mustLeave($0.seat) }
        return seats.count < count
    }

    package func leave(_ seat: TerminalSeat, on loop: isolated EventLoop) {
        let count = seats.count
        seats.removeAll { $0.seat === seat }
        guard seats.count < count else { return }
        attendanceChanged(on: loop)
        fit(on: loop)
    }

    /// Where somebody sits who may type: nobody else acts on it by its seat.
    private func place(of seat: TerminalSeat) throws(TerminalError) -> Int {
        guard seat.isWriter else { throw .readOnly }
        // Who was replaced hears of it in a moment.
        guard let index = seats.firstIndex(where: { $0.seat === seat }) else { throw .over }
        return index
    }

    /// Of a program that can still be reached.
    private func input() throws(TerminalError) -> TerminalInput {
        guard isRunning, let input = link?.input, input.isOpen else {
            throw ending?.reason == .serverShutdown ? TerminalError.shuttingDown : .over
        }
        return input
    }

    /// Takes what somebody typed. False where none of it was taken, until its seat is told that there is room.
    package func type(_ bytes: [UInt8], from seat: TerminalSeat, on loop: isolated EventLoop)
        throws(TerminalError) -> Bool
    {
        let index = try place(of: seat)
        guard try type(bytes, on: loop) else { return false }
        typists.took(bytes.count, from: seat)
        if record.sizing == .latest, index < seats.count - 1 {
            seats.append(seats.remove(at: index))
            fit(on: loop)
        }
        return true
    }

    /// The same of somebody who may, and who is not attached.
    package func type(_ bytes: [UInt8], on loop: isolated EventLoop) throws(TerminalError) -> Bool {
        guard try input().type(bytes, on: loop) else { return false }
        noteActivity(on: loop)
        recorder?.typed(bytes, on: loop)
        return true
    }

    /// The screen of somebody who may type has another size.
    package func resize(_ seat: TerminalSeat, to size: TerminalSize, on loop: isolated EventLoop)
        throws(TerminalError)
    {
        seats[try place(of: seat)].size = size
        fit(on: loop)
    }

    /// Somebody wants it to be so large, whoever is attached.
    package func resize(to size: TerminalSize, on loop: isolated EventLoop) {
        guard size != record.size else { return }
        record.size = size
        link?.input.resize(to: size)
        recorder?.resized(to: size, on: loop)
        tell(.resize, "{\"cols\":\(size.cols),\"rows\":\(size.rows)}", on: loop)
        keepRecord(on: loop)
    }

    /// Makes it as large as those who type see it.
    private func fit(on loop: isolated EventLoop) {
        let sizes = seats.filter(\.seat.isWriter).compactMap(\.size)
        guard let last = sizes.last else { return }
        resize(to: record.sizing == .latest ? last : sizes.reduce(last) { $0.shrunk(to: $1) }, on: loop)
    }

    /// Signals what runs in the foreground, as somebody wants who may type.
    package func signal(_ name: String, from seat: TerminalSeat, on loop: isolated EventLoop)
        throws(TerminalError)
    {
        _ = try place(of: seat)
        try signal(name, on: loop)
    }

    /// The same of somebody who may, and who is not attached.
    package func signal(_ name: String, on loop: isolated EventLoop) throws(TerminalError) {
        guard let number = SignalName.sendable(name) else { throw .badSignal(name) }
        try input().signal(number)
    }

    /// Somebody who may type wants more time.
    package func extend(from seat: TerminalSeat, on loop: isolated EventLoop) throws(TerminalError) {
        _ = try place(of: seat)
        extend(on: loop)
    }
}
