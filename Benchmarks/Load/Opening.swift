import Loop

/// Opens connections, a bounded number at a time, and tells when all of them are open.
final class Opening {
    private let options: Options
    private let driver: any LoadDriver
    private var made = 0
    private(set) var opened = 0
    private(set) var failed = 0
    private(set) var firstError = ""
    let done = Waiter()
    private var connections: [LoadConnection] = []
    private static let atOnce = 64

    init(_ options: Options, driver: any LoadDriver) {
        self.options = options
        self.driver = driver
    }

    func start(on loop: isolated EventLoop) { goOn(on: loop) }

    func opened(on loop: isolated EventLoop) {
        opened += 1
        goOn(on: loop)
    }

    func failed(_ reason: String, on loop: isolated EventLoop) {
        failed += 1
        if firstError.isEmpty { firstError = reason }
        goOn(on: loop)
    }

    func closeAll(on loop: isolated EventLoop) {
        for connection in connections { connection.end(nil, on: loop) }
        connections = []
    }

    private func goOn(on loop: isolated EventLoop) {
        while made < options.connections, made - opened - failed < Self.atOnce {
            let connection = LoadConnection(
                made, to: options.url, headers: options.headers, driver: driver, on: loop)
            made += 1
            if let connection { connections.append(connection) } else { failed += 1 }
        }
        if opened + failed >= options.connections { done.signal(on: loop) }
    }
}
