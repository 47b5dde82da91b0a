/// What is to become of a delivery that comes from its source.
enum Verdict: Sendable {
    case wanted(WebhookMapping, WebhookContent)
    case ignored(String)
    case refused(String)

    init(on body: [UInt8], event: String, id: String?, _ source: WebhookSource) {
        let payload: Payload
        do throws(Payload.Mistake) { payload = try Payload(body) } catch {
            let isForm = body.starts(with: Array("payload=".utf8))
            self = .refused(
                isForm
                    ? "The body is a form. Choose application/json as its content type." : error.description)
            return
        }
        let content = WebhookContent(source: source.name, event: event, id: id, payload: payload)
        guard let mapping = source.mappings.first(where: { $0.fits(content) }) else {
            self = .ignored(
                event.isEmpty ? "No mapping fits it." : "No mapping fits this event “\(event)”.")
            return
        }
        self = .wanted(mapping, content)
    }
}
