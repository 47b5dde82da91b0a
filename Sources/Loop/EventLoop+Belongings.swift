extension EventLoop {
    /// The one `Thing` of this loop, made when it is first asked for: what connections of one loop share
    /// without a lock, such as a compressor.
    package func belonging<Thing: AnyObject>(_ type: Thing.Type, make: () -> Thing) -> Thing {
        if let there = belongings[ObjectIdentifier(type)] { return unsafe unsafeDowncast(there, to: type) }
        let thing = make()
        belongings[ObjectIdentifier(type)] = thing
        return thing
    }

    /// Gives it up, when whoever needed it is gone.
    package func disown(_ type: AnyObject.Type) { belongings[ObjectIdentifier(type)] = nil }
}
