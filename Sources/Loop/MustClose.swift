/// Ends the program when something that must be closed was dropped instead: a defect that a leak would hide.
/// A function of its own, since the compiler refuses a `deinit` that cannot return.
func trapForgotten(_ what: String) {
    fatalError("\(what) was forgotten instead of being given back")
}
