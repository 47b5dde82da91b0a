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
    }

    /// Somebody has come: in one step it is told where it goes on, and counted.
    ///
    /// - Parameters:
    ///   - offset: how many bytes it has had; nil for all that is kept.
    ///   - size: of its screen, where it may type and has one.
    package func join(
        _ seat: TerminalSeat, after offset: UInt64?, size: TerminalSize?, takingOver: Bool,
        on loop: isolated EventLoop
    ) throws(TerminalError) -> Arrival {
        // To one that ends nobody is new: who is there hears its end.
        let tookOver = isRunning && seat.isWriter ? try makeRoom(takingOver) : false
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
            place: place, offset: begin, keptFrom: keptFrom, record: record, tookOver: tookOver)
    }

    /// Whether somebody had to leave for one who comes to type.
    private func makeRoom(_ takesOver: Bool) throws(TerminalError) -> Bool {
        let writers = seats.filter(\.seat.isWriter)
        guard !writers.isEmpty, record.takeover != .share || takesOver else { return false }
        guard record.takeover == .replace || takesOver else { throw .taken }
        for (writer, _) in writers { writer.leave() }
        seats.removeAll { $0.seat.isWriter }
        return true
    }

    package func leave(_ seat: TerminalSeat, on loop: isolated EventLoop) {
        let count = seats.count
        seats.removeAll { $0.seat === seat }
        guard seats.count < count else { return }
        attendanceChanged(on: loop)
        fit(on: loop)
    }

    /// Takes what somebody typed. False where it must wait with more until its seat has room.
    package func type(_ bytes: [UInt8], from seat: TerminalSeat, on loop: isolated EventLoop)
        throws(TerminalError) -> Bool
    {
        guard seat.isWriter else { throw .readOnly }
        // Who was replaced hears of it in a moment.
        guard let index = seats.firstIndex(where: { $0.seat === seat }) else { throw .over }
        if record.sizing == .latest, index < seats.count - 1 {
            seats.append(seats.remove(at: index))
            fit(on: loop)
        }
        return type(bytes, on: loop)
    }

    /// The same of somebody who may, and who is not attached.
    @discardableResult
    package func type(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        noteActivity(on: loop)
        recorder?.typed(bytes, on: loop)
        return link?.input.type(bytes, on: loop) ?? true
    }

    /// Whether what is typed now need not wait.
    package var hasInputRoom: Bool { link?.input.hasRoom ?? true }

    /// The screen of somebody who may type has another size.
    package func resize(_ seat: TerminalSeat, to size: TerminalSize, on loop: isolated EventLoop) {
        guard seat.isWriter, let index = seats.firstIndex(where: { $0.seat === seat }) else { return }
        seats[index].size = size
        fit(on: loop)
    }

    /// Somebody wants it to be so large, whoever is attached.
    package func resize(to size: TerminalSize, on loop: isolated EventLoop) {
        guard size != record.size else { return }
        record.size = size
        link?.input.resize(to: size)
        recorder?.resized(to: size, on: loop)
        tell(.resize, "{\"cols\":\(size.cols),\"rows\":\(size.rows)}", on: loop)
        keepRecord()
    }

    /// Makes it as large as those who type see it.
    private func fit(on loop: isolated EventLoop) {
        let sizes = seats.filter(\.seat.isWriter).compactMap(\.size)
        guard let last = sizes.last else { return }
        resize(to: record.sizing == .latest ? last : sizes.reduce(last) { $0.shrunk(to: $1) }, on: loop)
    }

    /// Signals what runs in the foreground.
    package func signal(_ name: String, on loop: isolated EventLoop) throws(TerminalError) {
        guard let number = SignalName.number(name) else { throw .badSignal(name) }
        guard link?.input.signal(number) == true else { throw .over }
    }
}
