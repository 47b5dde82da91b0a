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

func room(_ name: String, in folder: String? = nil, on floors: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: floors, path: folder, swiftSettings: strict)
}

func program(
    _ name: String, in folder: String? = nil, on floors: [Target.Dependency], with more: [SwiftSetting] = []
) -> Target {
    .executableTarget(name: name, dependencies: floors, path: folder, swiftSettings: strict + more)
}

func tests(of room: String, on floors: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: [.byName(name: room)] + floors, path: "Tests/\(room)",
        swiftSettings: strict)
}

let ground: [Target] = [
    .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
]

let rooms: [Target] = [
    room("Loop", on: ["CLinux"]),
    room("Wire", on: ["CZlib", "CLinux"]),
    room("Transport", on: ["CLinux", "COpenSSL", "Loop", "Wire"]),
    room("Sessions", on: ["CLinux", "Loop", "Wire"]),
    room("Store", on: ["CLinux", "CSQLite", "Loop"]),
    room("Configuration", on: ["CYAML"]),
    room("JSONCoding", on: ["Loop"]),
    room("Feeds", on: ["CLinux", "Loop", "Wire", "Sessions"]),
    room("Terminals", on: ["CLinux", "JSONCoding", "Loop", "Sessions", "Wire"]),
    room(
        "Workflows",
        on: [
            "CLZ4", "CLinux", "COpenSSL", "Configuration", "JSONCoding", "Loop", "Sessions", "Store",
            "Transport",
            "Wire",
        ]),
    room(
        "Server",
        on: [
            "CCrypt", "CLinux", "COpenSSL", "CZlib", "Configuration", "Feeds", "JSONCoding", "Loop",
            "Sessions", "Store", "Terminals", "Transport", "Wire", "Workflows",
        ]),
    program(
        "holdfast",
        on: [
            "CLinux", "Configuration", "Feeds", "JSONCoding", "Loop", "Server", "Sessions", "Store",
            "Terminals", "Transport", "Wire", "Workflows",
        ]),
    room("TestKit", on: ["CLinux", "COpenSSL", "Loop", "Transport", "Wire"]),
]

let testing: [Target] = [
    program("StoreChild", in: "Tests/StoreChild", on: ["Store"]),
    tests(of: "Loop", on: ["TestKit"]),
    tests(of: "Wire", on: ["TestKit"]),
    tests(of: "Transport", on: ["CLinux", "Loop", "TestKit", "Wire"]),
    tests(of: "Sessions", on: ["TestKit"]),
    tests(of: "Store", on: ["StoreChild", "TestKit"]),
    tests(of: "Configuration"),
    tests(of: "Feeds", on: ["TestKit"]),
    tests(of: "JSONCoding"),
    tests(of: "Terminals", on: ["CLinux", "Loop", "Sessions", "TestKit", "holdfast"]),
    tests(
        of: "Workflows",
        on: ["JSONCoding", "Loop", "Sessions", "Store", "TestKit", "Transport", "Wire"]),
    tests(of: "Server", on: ["TestKit"]),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "holdfast", "Loop", "Server", "Store", "Terminals", "TestKit", "Transport", "Wire", "Workflows",
        ],
        path: "Tests/EndToEnd",
        exclude: [
            "requirements.txt", "conftest.py", "schemathesis_hooks.py", "test_api_description.py",
            "test_recording.py", "test_start_page.py", "test_terminal_page.py",
        ], swiftSettings: strict),
]

let benchmarks: [Target] = [
    room("EchoService", in: "Benchmarks/EchoService", on: ["Loop", "Transport", "Wire"]),
    program(
        "holdfast-echo", in: "Benchmarks/Echo", on: ["CLinux", "EchoService", "Loop", "Transport", "Wire"]),
    program("holdfast-stress", in: "Benchmarks/Stress", on: ["CLinux", "Loop", "TestKit", "Wire"]),
    // The generator shall not be what is measured, so it is spared a check that the server has.
    program(
        "holdfast-load", in: "Benchmarks/Load", on: ["CLinux", "Loop", "Wire"],
        with: [
            .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
        ]),
    .target(name: "DeliveryCounts", path: "Benchmarks/DeliveryCounts"),
    program(
        "DeliveryBench", in: "Benchmarks/Delivery",
        on: [
            "CLinux", "Configuration", "DeliveryCounts", "EchoService", "Loop", "Server", "Sessions", "Store",
            "TestKit", "Transport", "Wire",
        ]),
    program("LogBench", in: "Benchmarks/Log", on: ["Loop", "Sessions"]),
    program("StoreBench", in: "Benchmarks/Store", on: ["Store"]),
    program(
        "JournalBench", in: "Benchmarks/Journal", on: ["Loop", "Sessions", "Store", "TestKit", "Workflows"]),
    program("BenchWebSocketCodec", in: "Benchmarks/WebSocketCodec", on: ["Wire"]),
    program("SessionsBench", in: "Benchmarks/Sessions", on: ["CLinux", "Loop", "Sessions"]),
    program("TerminalBench", in: "Benchmarks/Terminals", on: ["CLinux", "Loop", "Sessions", "Terminals"]),
]

// `make fuzz` sets HOLDFAST_FUZZ: then the parsers' rooms count their edges, and there is a program for each
// parser that lets libFuzzer drive it (Fuzz/). A scratch path of its own keeps that out of the normal build.
let isFuzzing = Context.environment["HOLDFAST_FUZZ"] != nil

func fuzz(_ name: String, on floors: [Target.Dependency]) -> Target {
    .executableTarget(
        name: "Fuzz\(name)", dependencies: ["FuzzKit"] + floors, path: "Fuzz/\(name)",
        swiftSettings: strict + [.unsafeFlags(["-sanitize=fuzzer"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
}

let fuzzers: [Target] = [
    room("FuzzKit", in: "Fuzz/Kit", on: []),
    fuzz("HTTP", on: ["Wire"]),
    fuzz("Inflate", on: ["CZlib", "Wire"]),
    fuzz("JSON", on: ["Wire"]),
    fuzz("WebSocket", on: ["Wire"]),
    fuzz("YAML", on: ["Configuration"]),
]

if isFuzzing {
    for room in rooms where ["Wire", "Configuration"].contains(room.name) {
        room.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer"]))
    }
}

let package = Package(
    name: "holdfast", targets: ground + rooms + testing + benchmarks + (isFuzzing ? fuzzers : []))
