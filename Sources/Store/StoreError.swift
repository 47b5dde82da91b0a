/// What can go wrong in the store, as its callers need to tell it apart.
package enum StoreError: Error, Equatable {
    case diskFull
    case busy
    case interrupted
    case closed
    case failed(code: Int32, message: String)
}
