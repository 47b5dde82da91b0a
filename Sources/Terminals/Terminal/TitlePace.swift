import Loop
import Sessions

/// Whoever is told of titles. Lives on their loop.
protocol TitlePaceOwner: AnyObject {
    func titled(_ title: String, on loop: isolated EventLoop)
}

/// Passes on the titles that a program gives itself, the first at once and then the newest every so often: a title costs
/// everybody a message, and its program nothing. Lives on one loop, and ends by `finish`.
final class TitlePace: TimerHandler {
    private static let pause = Duration.milliseconds(100)

    private unowned let owner: any TitlePaceOwner
    private var next: String?
    private var timer: TimerToken?

    init(telling owner: any TitlePaceOwner) { self.owner = owner }

    var holding: Holdings { [.timer: timer == nil ? 0 : 1] }

    func take(_ title: String, on loop: isolated EventLoop) {
        next = title
        if timer == nil { pass(on: loop) }
    }

    /// The last one is passed on, and no more comes.
    func finish(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        if let next { owner.titled(next, on: loop) }
        next = nil
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        if next != nil { pass(on: loop) }
    }

    private func pass(on loop: isolated EventLoop) {
        timer = loop.arm(self, after: Self.pause)
        if let next { owner.titled(next, on: loop) }
        next = nil
    }
}
