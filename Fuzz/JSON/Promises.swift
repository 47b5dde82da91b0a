import Wire

/// What is passed is UTF-8, not longer than before, passed again as it is, and can be walked over; what is refused
/// is refused at a byte that is there, or at the end.
func checkPromises(_ bytes: [UInt8]) {
    var minified = bytes
    do throws(JSONError) {
        try JSONValidator.minify(&minified)
    } catch {
        guard (0...bytes.count).contains(error.offset) else { fatalError("refused at \(error.offset)") }
        return
    }
    guard minified.count <= bytes.count else { fatalError("it grew") }
    guard String(validating: minified, as: UTF8.self) != nil else { fatalError("no UTF-8 was passed") }
    var again = minified
    guard (try? JSONValidator.minify(&again)) != nil, again == minified else {
        fatalError("what was passed is not passed again")
    }
    if let object = JSONObject(minified: minified) {
        _ = object.text("a")
        _ = object.number("b")
    }
}
