import FoundationEssentials
import Loop
package import Store

/// The table of the backlog. Positions are 1, 2, 3 without a gap, which every change here keeps so.
package enum FeatureTable {
    package static let migrations = [
        Migration(
            13, "planned_feature",
            """
            create table planned_feature(
                id integer primary key autoincrement,
                title text not null, description text not null,
                status text not null, priority integer not null, tags text not null, estimate real,
                position integer not null,
                task text, is_worked_on integer not null default 0, wanted text, remark text,
                version integer not null default 1, created integer not null, changed integer not null
            ) strict;
            create index planned_feature_position on planned_feature(position);
            create index planned_feature_task on planned_feature(task) where task is not null;
            """)
    ]

    /// As many as a list of them can show.
    static let limit = 10_000

    static func insert(
        _ draft: FeatureDraft, at time: Timestamp, into db: borrowing WriteConnection
    ) throws -> Int64 {
        let count = try count(in: db)
        guard count < limit else { throw PlannedError.full(limit: limit) }
        try db.run(
            """
            insert into planned_feature(
                title, description, status, priority, tags, estimate, position, created, changed)
            values (?1, ?2, 'planned', ?3, ?4, ?5, ?6, ?7, ?7)
            """, draft.title, draft.description, draft.priority, try text(draft.tags), draft.estimate,
            count + 1,
            time.milliseconds)
        return db.lastInsertedID
    }

    /// Stores everything but the position, under the next version.
    static func update(
        _ feature: inout PlannedFeature, wanted: WantedTask?, at time: Timestamp,
        in db: borrowing WriteConnection
    ) throws {
        feature.version += 1
        feature.changedAt = time
        try db.run(
            """
            update planned_feature set title = ?2, description = ?3, status = ?4, priority = ?5, tags = ?6,
                estimate = ?7, task = ?8, is_worked_on = ?9, wanted = ?10, remark = ?11, version = ?12,
                changed = ?13
            where id = ?1
            """, feature.id, feature.title, feature.description, feature.status.rawValue, feature.priority,
            try text(feature.tags), feature.estimate, feature.taskID?.text, feature.isWorkedOn,
            try wanted?.stored(), feature.remark, feature.version, time.milliseconds)
    }

    static func delete(_ feature: PlannedFeature, in db: borrowing WriteConnection) throws {
        try db.run("delete from planned_feature where id = ?", feature.id)
        try db.run("update planned_feature set position = position - 1 where position > ?", feature.position)
    }

    /// Puts it at `target`, and those between there and its old place one further.
    static func move(_ feature: PlannedFeature, to target: Int, in db: borrowing WriteConnection) throws {
        if target < feature.position {
            try db.run(
                "update planned_feature set position = position + 1 where position >= ? and position < ?",
                target, feature.position)
        } else {
            try db.run(
                "update planned_feature set position = position - 1 where position > ? and position <= ?",
                feature.position, target)
        }
        try db.run("update planned_feature set position = ? where id = ?", target, feature.id)
    }

    static func count<Access>(in db: borrowing DatabaseConnection<Access>) throws -> Int {
        try db.first("select count(*) from planned_feature") { row in try row[0] } ?? 0
    }

    static func feature<Access>(
        _ id: Int64, in db: borrowing DatabaseConnection<Access>
    ) throws -> PlannedFeature {
        guard
            let feature = try db.first(
                """
                select id, title, description, status, priority, tags, estimate, position, task, is_worked_on,
                    remark, version, created, changed
                from planned_feature where id = ?
                """, id, make: make)
        else { throw PlannedError.notFound(id) }
        return feature
    }

    static func features(
        _ wish: FeatureSearch, in db: borrowing ReadConnection
    ) throws -> [PlannedFeature] {
        try db.all(
            """
            select id, title, description, status, priority, tags, estimate, position, task, is_worked_on,
                remark, version, created, changed
            from planned_feature
            where (?1 is null or status = ?1)
                and (?2 is null or exists(select 1 from json_each(tags) where value = ?2))
                and (?3 is null or instr(lower(title), lower(?3)) or instr(lower(description), lower(?3)))
            order by position limit ?4 offset ?5
            """, wish.status?.rawValue, wish.tag, wish.text, wish.limit, wish.offset, make: make)
    }

    /// Those on which a task works, with what is wanted where its task is not known yet.
    static func workedOn(in db: borrowing ReadConnection) throws -> [(
        id: Int64, task: TaskID?, wanted: String?
    )] {
        try db.all("select id, task, wanted from planned_feature where is_worked_on") { row in
            (try row[0], (try row[1, as: String?.self]).flatMap { TaskID($0) }, try row[2])
        }
    }

    static func worked(on task: TaskID, in db: borrowing WriteConnection) throws -> Int64? {
        try db.first("select id from planned_feature where task = ? and is_worked_on", task.text) { row in
            try row[0]
        }
    }

    private static func make(_ row: borrowing Row) throws -> PlannedFeature {
        PlannedFeature(
            id: try row[0], title: try row[1], description: try row[2],
            status: FeatureStatus(rawValue: try row[3]) ?? .planned, priority: try row[4],
            tags: try JSONDecoder().decode([String].self, from: Data((try row[5, as: String.self]).utf8)),
            estimate: try row[6], position: try row[7],
            taskID: (try row[8, as: String?.self]).flatMap { TaskID($0) }, isWorkedOn: try row[9],
            remark: try row[10], version: try row[11], createdAt: Timestamp(milliseconds: try row[12]),
            changedAt: Timestamp(milliseconds: try row[13]))
    }

    private static func text(_ tags: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(tags), as: UTF8.self)
    }
}
