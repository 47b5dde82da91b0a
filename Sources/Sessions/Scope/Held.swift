package import Loop

/// Something on a session's loop that holds what must be given back.
package protocol Holder: AnyObject {
    /// What is held at this moment: asked, never counted beside, so it cannot differ from the truth.
    /// Empty once it was given back; anything else is a leak then, reported and counted.
    var holding: Holdings { get }
}

/// What can be given back at once, as most things can.
package protocol Held: Holder {
    /// Gives all of it back. Called once, by the session's end or by `Session.giveBack`.
    func giveBack(on loop: isolated EventLoop)
}

/// What cannot be given back at once: a connection that says goodbye, tasks that run to their end.
package protocol SlowHeld: Holder {
    /// How long it may take. When it takes longer this is counted and reported, and the closing goes on.
    var patience: Duration { get }

    /// Begins to give it back, once; `receipt.given` tells that it is done, from within this call or later.
    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop)
}

/// What is given back by an `async` function, such as a process tree.
package protocol AsyncHeld: SlowHeld {
    /// Gives all of it back. Its task is cancelled when it outstays its patience.
    func giveBackSlowly(on loop: isolated EventLoop) async
}

extension AsyncHeld {
    package func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        receipt.task = Task {
            await self.giveBackSlowly(on: loop)
            receipt.given(on: loop)
        }
    }
}
