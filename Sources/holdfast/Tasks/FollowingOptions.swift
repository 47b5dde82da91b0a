import Configuration

/// How a task is followed, as the commands that do it are told.
struct FollowingOptions: Sendable {
    let isJSON: Bool
    let patience: Duration?

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.flag("json", "Prints the messages as they are, for scripts.")
        patience = arguments.option(
            "patience", .duration(.zero ... .days(3650)),
            "How long to go on trying without a connection. Default: 10m once there was one, 0s before.")
    }
}
