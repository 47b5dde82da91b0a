// swift-tools-version: 6.2
import PackageDescription

// The targets are the architecture (docs/architecture.md): a room can import only what is
// listed here, and every room lists only rooms below it.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(_ name: String, on floors: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: floors, swiftSettings: strict)
}

func program(_ name: String, in folder: String? = nil, on floors: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: floors, path: folder, swiftSettings: strict)
}

func tests(of room: String, on floors: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: [.byName(name: room)] + floors, path: "Tests/\(room)",
        swiftSettings: strict)
}

let ground: [Target] = [
    .target(name: "CLinux"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
]

let rooms: [Target] = [
    room("Loop", on: ["CLinux"]),
    room("Wire", on: ["CZlib", "CLinux"]),
    room("Transport", on: ["CLinux", "COpenSSL", "Loop", "Wire"]),
    room("Sessions", on: ["CLinux", "Loop", "Wire"]),
    room("Store", on: ["CSQLite", "Loop"]),
    room("TestKit", on: ["CLinux", "Loop", "Wire"]),
    program("LogBench", in: "Benchmarks/Log", on: ["Loop", "Sessions"]),
    tests(of: "Loop", on: ["TestKit"]),
    tests(of: "Wire"),
    tests(of: "Transport", on: ["TestKit"]),
    tests(of: "Sessions", on: ["TestKit"]),
    tests(of: "Store"),
]

let benchmarks: [Target] = [
    program("holdfast-echo", in: "Benchmarks/Echo", on: ["CLinux", "Loop", "Transport", "Wire"])
]

let package = Package(name: "holdfast", targets: ground + rooms + benchmarks)
