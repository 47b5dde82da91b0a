import Loop
import Store

extension TaskTable {
    /// Those that are over and match, those that ended last first.
    static func ended(
        _ filter: HistoryFilter, limit: Int, offset: Int, in db: borrowing ReadConnection
    ) throws -> [TaskRecord] {
        // The planner shall walk along the order, and look for the record of those that are shown only.
        try db.all(
            """
            select r.record from (
                select number, ended from task indexed by task_ended
                where ended is not null and ended >= ?1 and ended < ?2
                    and (?3 is null or instr(?3, status) > 0) and (?4 is null or workflow = ?4)
                    and (?5 is null or instr(search, ?5) > 0)
                order by ended desc, number desc limit ?6 offset ?7
            ) t cross join task_record r on r.task = t.number
            order by t.ended desc, t.number desc
            """, filter.from?.milliseconds ?? .min, filter.before?.milliseconds ?? .max,
            filter.statuses.map { $0.map(\.rawValue).sorted().joined(separator: " ") }, filter.workflow,
            filter.text?.lowercased(), limit, offset
        ) { try EncodedTask.decode($0[0]) }
    }
}
