package import JSONCoding
package import Loop

/// What became of a delivery.
package enum DeliveryOutcome: String, Codable, CaseIterable, Sendable {
    /// It is being worked on.
    case open
    /// A task was begun.
    case accepted
    /// Nothing is to be done for what it says.
    case ignored
    /// It is not from its source, or says nothing that can be read.
    case refused
    /// A task was to be begun, but could not be.
    case failed
}

/// A delivery as it is stored and answered.
package struct WebhookDelivery: Codable, Equatable, Sendable {
    package let number: Int64
    package let source: String
    /// As its sender calls it, or its hash; none where it was refused, or delivered again from here.
    @OrNull package var delivery: String?
    @OrNull package var event: String?
    package var outcome: DeliveryOutcome
    /// Why.
    @OrNull package var sentence: String?
    @OrNull package var taskId: TaskID?
    /// The one whose body this is.
    @OrNull package var redeliveryOf: Int64?
    /// Its body is kept, so that it can be delivered again.
    package var canRedeliver: Bool
    package let receivedAt: Timestamp
}

/// What a sender is answered.
package struct WebhookAnswer: Codable, Equatable, Sendable {
    package var delivery: WebhookDelivery
    /// It was here before, and nothing was begun for it now.
    package var isReplay: Bool
}

/// How one source does.
package struct WebhookSourceStatus: Codable, Equatable, Sendable {
    package var name: String
    package var kind: WebhookSource.Kind
    /// Of the deliveries that are kept, by outcome; every outcome is there.
    package var counts: [String: Int]
    @OrNull package var lastSuccessAt: Timestamp?
    /// The last that failed or was refused.
    @OrNull package var lastFailureAt: Timestamp?
}

/// The data of `webhook_status_update`.
package struct WebhookStatus: Codable, Equatable, Sendable {
    package var sources: [WebhookSourceStatus]
    /// Those who are told of the ends of tasks.
    package var notifications: [NotificationTargetStatus] = []
    /// The newest first.
    package var recent: [WebhookDelivery]
}
