import Wire

/// What a run found, as one line of JSON.
struct Report {
    private var fields: [String] = []
    var isBad = false

    init(_ options: Options, _ opening: Opening) {
        add("mode", options.mode.rawValue)
        add("conns", opening.opened)
        add("failed", opening.failed)
        if !opening.firstError.isEmpty { add("first_error", opening.firstError) }
        if options.coalesce > 0 { add("coalesce_us", options.coalesce) }
    }

    mutating func add(_ name: String, _ value: Int) { fields.append("\"\(name)\":\(value)") }
    mutating func add(_ name: String, _ value: String) {
        fields.append("\"\(name)\":\(JSONText.quoted(value))")
    }

    mutating func add(_ name: String, _ value: Double) {
        fields.append("\"\(name)\":\((value * 10_000).rounded() / 10_000)")
    }

    mutating func add(_ latency: Histogram) {
        for (name, part) in [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99), ("p999_us", 0.999)] {
            add(name, Double(latency.quantile(part)) / 1000)
        }
        add("max_us", Double(latency.largest) / 1000)
    }

    mutating func add(_ meter: UseMeter) {
        add("client_cpu", meter.clientCPU)
        add("server_cpu", meter.serverCPU)
    }

    var json: String { "{\(fields.joined(separator: ","))}" }
}
