import CYAML

/// libyaml's parser over one text: hands out its events until the stream ends or stops being YAML.
///
/// It owns a copy of the text, because libyaml keeps pointing into it; both pointers are private and
/// live exactly as long as it does.
@safe struct YAMLEventSource: ~Copyable {
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: [UInt8]) {
        unsafe text = .allocate(capacity: bytes.count)
        _ = unsafe text.initialize(from: bytes)
        unsafe parser = .allocate(capacity: 1)
        // It fails only for want of memory, where Swift traps as well.
        guard unsafe yaml_parser_initialize(parser) == 1 else { fatalError("out of memory") }
        // The encoding is said, so that a byte order mark cannot choose UTF-16.
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    mutating func next() throws(YAMLFault) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault() }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe YAMLEvent(event)
    }

    // The problem is a string constant of libyaml.
    private func fault() -> YAMLFault {
        let said = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "is not YAML"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            let offset = unsafe Int(parser.pointee.problem_offset)
            return YAMLFault(mark: mark(ofByte: offset), reason: "is not a UTF-8 text: \(said)")
        }
        let mark = unsafe YAMLMark(parser.pointee.problem_mark)
        if unsafe byte(at: parser.pointee.problem_mark) == UInt8(ascii: "\t") {
            return YAMLFault(mark: mark, reason: "YAML is indented with spaces, and this is a tab")
        }
        let context = unsafe parser.pointee.context.map { unsafe " \(String(cString: $0))" } ?? ""
        return YAMLFault(mark: mark, reason: "is not YAML: \(said)\(context)")
    }

    /// The byte that a mark of libyaml stands on: its index counts characters, not bytes.
    private func byte(at mark: yaml_mark_t) -> UInt8? {
        unsafe text.lazy.filter { $0 & 0xC0 != 0x80 }.dropFirst(Int(mark.index)).first
    }

    private func mark(ofByte offset: Int) -> YAMLMark {
        let before = unsafe text.prefix(offset)
        let lineStart = unsafe before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let lines = unsafe before.lazy.filter { $0 == UInt8(ascii: "\n") }.count
        let characters = unsafe before[lineStart...].lazy.filter { $0 & 0xC0 != 0x80 }.count
        return YAMLMark(line: lines + 1, column: characters + 1)
    }
}

extension YAMLMark {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

extension YAMLEvent {
    /// Copies what `event` points to. Each member of its union is read only under the type that sets it.
    fileprivate init(_ event: yaml_event_t) {
        mark = unsafe YAMLMark(event.start_mark)
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT: content = .streamEnd
        case YAML_DOCUMENT_START_EVENT: content = .documentStart
        case YAML_DOCUMENT_END_EVENT: content = .documentEnd
        case YAML_SEQUENCE_END_EVENT: content = .sequenceEnd
        case YAML_MAPPING_END_EVENT: content = .mappingEnd
        case YAML_ALIAS_EVENT:
            content = unsafe .alias(String(cString: event.data.alias.anchor))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            content = unsafe .scalar(YAMLScalar(scalar))
            anchor = unsafe scalar.anchor.map { unsafe String(cString: $0) }
            tag = unsafe scalar.tag.map { unsafe String(cString: $0) }
        case YAML_SEQUENCE_START_EVENT:
            content = .sequenceStart
            anchor = unsafe event.data.sequence_start.anchor.map { unsafe String(cString: $0) }
            tag = unsafe event.data.sequence_start.tag.map { unsafe String(cString: $0) }
        case YAML_MAPPING_START_EVENT:
            content = .mappingStart
            anchor = unsafe event.data.mapping_start.anchor.map { unsafe String(cString: $0) }
            tag = unsafe event.data.mapping_start.tag.map { unsafe String(cString: $0) }
        default: content = .streamStart
        }
    }
}

extension YAMLScalar {
    fileprivate init(_ scalar: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar) {
        let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: Int(scalar.length))
        text = unsafe String(decoding: bytes, as: UTF8.self)
        style =
            switch unsafe scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
    }
}
