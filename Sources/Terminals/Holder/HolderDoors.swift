import CLinux
import Glibc
import Loop

/// How servers come to a holder: one has it at a time, and one that comes later takes the place of the one before.
/// Lives on the holder's loop, until it is closed; the socket's file goes with it, also where it was never opened.
final class HolderDoors: ReadinessHandler {
    unowned var owner: Holder!
    private let path: (folder: String, name: String)?
    private var listening: Descriptor?
    private var listeningWatch: WatchToken?
    private var server: HolderSocket?
    private var serverWatch: WatchToken?

    /// - Parameter path: where later servers come; nil for none.
    init(at path: String?) throws(SystemError) {
        guard let path, let slash = path.lastIndex(of: "/") else {
            self.path = nil
            return
        }
        self.path = (String(path[..<slash]), String(path[path.index(after: slash)...]))
        let raw = unsafe hf_packet_listen(self.path!.folder, self.path!.name)
        guard raw >= 0 else { throw SystemError("listen at \(path)") }
        listening = Descriptor(owning: raw)
    }

    deinit {
        closeDoor()
        server.take()?.close()
    }

    var hasServer: Bool { server != nil }

    /// Takes in who comes from now on.
    func open(on loop: isolated EventLoop) {
        guard let listening = listening.take() else { return }
        listeningWatch = try? loop.watch(
            listening, for: .readable, telling: Door(of: self))
        self.listening = consume listening
    }

    func close(on loop: isolated EventLoop) {
        letGo(on: loop)
        if let listeningWatch { loop.unwatch(listeningWatch) }
        listeningWatch = nil
        closeDoor()
    }

    private func closeDoor() {
        guard let listening = listening.take() else { return }
        listening.close()
        if let path { unsafe _ = unlink("\(path.folder)/\(path.name)") }
    }

    /// False when there is no server to hear it.
    func say(_ reply: HolderReply, descriptors: [CInt] = []) -> Bool {
        server?.send(reply, descriptors: descriptors) == .done
    }

    func ring() { server?.ring() }

    func admit(_ socket: consuming HolderSocket, on loop: isolated EventLoop) {
        letGo(on: loop)
        serverWatch = try? loop.watch(
            socket.descriptor, for: [.readable, .peerFinished],
            telling: self)
        server = consume socket
    }

    fileprivate func accept(on loop: isolated EventLoop) {
        while let door = listening?.raw {
            var address = sockaddr()
            var length = socklen_t(MemoryLayout<sockaddr>.size)
            let raw = unsafe hf_accept(door, &address, &length)
            guard raw >= 0 else { return }
            // The folder is this user's alone, and so is the socket; root may come too.
            let user = hf_peer_user(raw)
            guard user == Int64(getuid()) || user == 0 else {
                Glibc.close(raw)
                continue
            }
            admit(HolderSocket(Descriptor(owning: raw)), on: loop)
        }
    }

    /// The server has said something.
    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        while let packet = unsafe server?.take(HolderRequest.self, into: loop.scratch.incoming) {
            switch packet {
            case .message(let request, let descriptors):
                for raw in descriptors { Glibc.close(raw) }
                owner.heard(request, on: loop)
            case .bell: owner.rung(on: loop)
            case .nothing: return
            case .end:
                letGo(on: loop)
                owner.serverLeft(on: loop)
            }
        }
    }

    private func letGo(on loop: isolated EventLoop) {
        guard let server = server.take() else { return }
        if let serverWatch { loop.unwatch(serverWatch) }
        serverWatch = nil
        server.close()
    }
}

/// Told when somebody knocks.
private final class Door: ReadinessHandler {
    private unowned let doors: HolderDoors

    init(of doors: HolderDoors) { self.doors = doors }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) { doors.accept(on: loop) }
}
