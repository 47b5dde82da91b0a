package import Store

/// The tables of schedules, webhooks and notifications.
package enum TriggerMigrations {
    package static let all = [
        Migration(
            14, "schedule_and_webhook",
            """
            create table schedule(
                name text primary key, rule text not null, seen integer not null,
                fired integer, task text, problem text
            ) strict;
            create table schedule_firing(
                id integer primary key autoincrement, schedule text not null, at integer not null,
                wanted text not null
            ) strict;

            create table webhook_delivery(
                number integer primary key autoincrement,
                source text not null, delivery text, digest blob, event text,
                outcome text not null, sentence text, task text, wanted text, body blob,
                redelivery_of integer, received integer not null
            ) strict;
            create unique index webhook_delivery_id on webhook_delivery(source, delivery);
            create index webhook_delivery_digest on webhook_delivery(source, digest);
            -- Each kind has a retention of its own: who cannot sign must not push out what others sent.
            create index webhook_delivery_known on webhook_delivery(source, number) where delivery is not null;
            create index webhook_delivery_strange on webhook_delivery(source, number) where delivery is null;
            create index webhook_delivery_body on webhook_delivery(source, number) where body is not null;
            create index webhook_delivery_open on webhook_delivery(number) where outcome = 'open';
            """),
        Migration(
            15, "notification",
            """
            create table notification(
                id integer primary key autoincrement,
                target text not null, task text not null, delivery text not null unique,
                event text not null, body text not null,
                state text not null, attempts integer not null default 0,
                created integer not null, next integer not null, problem text,
                unique (target, task)
            ) strict;
            create index notification_next on notification(target, next) where state = 'pending';
            create index notification_over on notification(id) where state <> 'pending';
            """),
        Migration(
            20, "notification_figures",
            """
            -- In the order of their making: the oldest that wait are given up first.
            create index notification_pending on notification(target, id) where state = 'pending';

            -- How the deliveries to each target have gone, kept by what is done to its notifications.
            create table notification_figures(
                target text primary key,
                waiting integer not null default 0, delivered integer not null default 0,
                retried integer not null default 0, given_up integer not null default 0,
                crowded_out integer not null default 0
            ) strict, without rowid;
            insert into notification_figures(target, waiting, delivered, given_up)
                select target, sum(state = 'pending'), sum(state = 'delivered'), sum(state = 'undeliverable')
                from notification group by target;

            create trigger notification_is_added after insert on notification begin
                insert into notification_figures(target, waiting) values (new.target, 1)
                    on conflict do update set waiting = waiting + 1;
            end;
            create trigger notification_is_settled after update of state, attempts on notification begin
                update notification_figures set
                    waiting = waiting + (new.state = 'pending') - (old.state = 'pending'),
                    delivered = delivered + (new.state = 'delivered' and old.state <> 'delivered'),
                    retried = retried + (new.state = 'pending' and new.attempts > old.attempts),
                    given_up = given_up + (new.state = 'undeliverable' and old.state <> 'undeliverable')
                    where target = new.target;
            end;
            """),
        Migration(
            23, "webhook_source_gone",
            """
            -- Sources of which something is kept and that are configured no more: when the first start came without them.
            create table webhook_source_gone(source text primary key, since integer not null) strict, without rowid;
            """),
    ]
}
