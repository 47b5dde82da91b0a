/// What a file is, by its name's ending.
package enum ContentType {
    package static func of(_ name: some StringProtocol) -> String {
        guard let point = name.lastIndex(of: "."), point != name.startIndex else { return unknown }
        return byEnding[name[name.index(after: point)...].lowercased()] ?? unknown
    }

    /// Whether it is text of a kind that gets much smaller; pictures, fonts and archives are compressed already.
    package static func isCompressible(_ type: some StringProtocol) -> Bool {
        let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        if name == "text/event-stream" { return false }
        return name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml")
            || compressible.contains(name)
    }

    private static let unknown = "application/octet-stream"

    private static let compressible: Set<String> = [
        "application/json", "application/javascript", "application/xml", "application/wasm",
        "application/yaml",
        "image/bmp", "font/ttf", "font/otf", "application/vnd.ms-fontobject",
    ]

    private static let byEnding = [
        "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8",
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "json": "application/json", "map": "application/json",
        "webmanifest": "application/manifest+json", "txt": "text/plain; charset=utf-8",
        "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8",
        "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml",
        "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "ico": "image/vnd.microsoft.icon",
        "bmp": "image/bmp", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
        "wasm": "application/wasm", "pdf": "application/pdf", "zip": "application/zip",
        "gz": "application/gzip", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav",
        "mp4": "video/mp4", "webm": "video/webm",
    ]
}
