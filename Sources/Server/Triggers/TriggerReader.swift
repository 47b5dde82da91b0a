import Configuration
import Transport
import Workflows

/// Makes webhooks, schedules and notifications of what the configuration says, and notes each mistake.
struct TriggerReader {
    typealias FindSecret = (SecretPlace) throws(Complaint) -> String

    let mistakes = Mistakes()
    private let find: FindSecret

    init(_ find: @escaping FindSecret) { self.find = find }

    // MARK: Webhooks

    func source(_ setting: Settings.Webhook) -> WebhookSource? {
        let mappings = setting.mappings.compactMap(mapping)
        guard let secret = secret(setting.secret) else { return nil }
        return WebhookSource(
            name: setting.name, kind: setting.kind == .github ? .github : .bearer, secret: secret,
            mappings: mappings)
    }

    private func mapping(_ setting: Settings.Webhook.Mapping) -> WebhookMapping? {
        var filters: [PayloadPath: TextPattern] = [:]
        for (text, pattern) in setting.filter {
            guard let path = PayloadPath(text) else {
                pattern.reject(
                    "is no path into the body: write names with dots, `repository.name`", in: mistakes)
                continue
            }
            filters[path] = TextPattern(pattern.value.text)
        }
        var inputs: [String: PayloadTemplate] = [:]
        for (name, text) in setting.inputs { inputs[name] = template(text.value.text, text) }
        return WebhookMapping(
            event: TextPattern(setting.event), filters: filters, workflow: setting.workflow,
            requirement: setting.requirement.flatMap { template($0.value, $0) }, inputs: inputs,
            priority: setting.priority)
    }

    private func template<Value>(_ text: String, _ place: Located<Value>) -> PayloadTemplate? {
        do throws(PayloadTemplate.Mistake) { return try PayloadTemplate(text) } catch {
            place.reject(error.description, in: mistakes)
            return nil
        }
    }

    // MARK: Schedules

    func schedules(_ settings: [Settings.Schedule]) -> [Schedule] {
        var names: Set<String> = []
        return settings.compactMap { setting in
            guard let schedule = schedule(setting) else { return nil }
            if !names.insert(schedule.name).inserted {
                setting.cron.reject(
                    "is the same as another's of this workflow: give each a `name` of its own", in: mistakes)
            }
            return schedule
        }
    }

    private func schedule(_ setting: Settings.Schedule) -> Schedule? {
        let cron: CronExpression?
        do throws(CronError) { cron = try CronExpression(setting.cron.value) } catch {
            setting.cron.reject(error.description, in: mistakes)
            cron = nil
        }
        let zone: Zone
        do throws(ZoneError) { zone = try Zone(named: setting.zone.value) } catch {
            setting.zone.reject(error.description, in: mistakes)
            return nil
        }
        guard let cron else { return nil }
        return Schedule(
            name: setting.name, cron: cron, zone: zone, workflow: setting.workflow,
            inputs: setting.inputs.mapValues { InputValue($0.value) }, requirement: setting.requirement,
            catchUp: setting.catchUp == .one ? .one : .none, priority: setting.priority)
    }

    // MARK: Notifications

    func target(_ setting: Settings.Notification) -> NotificationTarget? {
        let secret = secret(setting.secret)
        let url: URLAddress
        do { url = try URLAddress(setting.url.value) } catch {
            setting.url.reject("\(error)", in: mistakes)
            return nil
        }
        guard let secret else { return nil }
        let target = NotificationTarget(
            name: setting.name, url: url, secret: secret,
            workflows: setting.workflows.map { TextPattern($0) },
            statuses: Set(setting.statuses.map(TaskStatus.init)), mostWaiting: setting.waiting)
        if target == nil { setting.url.reject("is no address of HTTP", in: mistakes) }
        return target
    }

    private func secret(_ place: Located<SecretPlace>) -> String? {
        do throws(Complaint) { return try find(place.value) } catch {
            place.reject(error.text, in: mistakes)
            return nil
        }
    }
}

extension InputValue {
    /// As it was written: `true`, `4`, `text`; in quotes everything is text.
    init(_ scalar: YAMLScalar) {
        switch scalar.text {
        case "true" where scalar.style == .plain: self = .flag(true)
        case "false" where scalar.style == .plain: self = .flag(false)
        default:
            let number = scalar.style == .plain ? Double(scalar.text) : nil
            self = number.flatMap { $0.isFinite ? .number($0) : nil } ?? .text(scalar.text)
        }
    }
}

extension TaskStatus {
    fileprivate init(_ status: Settings.Notification.Status) {
        self =
            switch status {
            case .succeeded: .succeeded
            case .failed: .failed
            case .cancelled: .cancelled
            }
    }
}
