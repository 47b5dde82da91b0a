extension Settings {
    /// What is compressed, from which size on.
    package struct Compression: Sendable, Equatable {
        package var enabled: Bool
        package var threshold: Int

        init(_ section: SettingSection) {
            enabled = section.value("enabled", .boolean, default: true, "Whether peers that offer it get it.")
            threshold = section.value(
                "threshold", .size(.init(0) ... .gibibytes(1)), default: 1 << 10,
                "What is smaller goes out as it is.")
        }
    }
}
