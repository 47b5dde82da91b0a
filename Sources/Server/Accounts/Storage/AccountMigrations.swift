package import Store

extension AccountStorage {
    /// The tables of accounts, and the rules that no program may get round.
    package static let migrations = [
        Migration(
            1, "account",
            """
            create table account(
                name text primary key,
                role text not null check (role in ('viewer', 'operator', 'admin')),
                password text,
                created_at integer not null
            ) strict, without rowid;
            """),
        Migration(
            2, "credential",
            """
            create table token(
                id text primary key,
                digest blob not null unique check (length(digest) = 32),
                account text references account(name) on delete cascade,
                name text not null,
                role text not null check (role in ('viewer', 'operator', 'admin')),
                created_at integer not null,
                expires_at integer,
                used_at integer
            ) strict, without rowid;
            create index token_account on token(account);

            create table sign_in(
                id text primary key,
                digest blob not null unique check (length(digest) = 32),
                account text not null references account(name) on delete cascade,
                peer text not null,
                created_at integer not null,
                expires_at integer not null,
                used_at integer
            ) strict, without rowid;
            create index sign_in_account on sign_in(account);

            create table sign_in_link(
                digest blob primary key check (length(digest) = 32),
                account text not null references account(name) on delete cascade,
                expires_at integer not null
            ) strict, without rowid;
            """),
        Migration(
            3, "credential_revision",
            """
            create table credential_revision(
                id integer primary key check (id = 1), revision integer not null
            ) strict;
            insert into credential_revision values (1, 1);

            create trigger account_role_counts after update of role on account begin
                update credential_revision set revision = revision + 1; end;
            create trigger token_insert_counts after insert on token begin
                update credential_revision set revision = revision + 1; end;
            create trigger token_update_counts after update of digest, role, expires_at on token begin
                update credential_revision set revision = revision + 1; end;
            create trigger token_delete_counts after delete on token begin
                update credential_revision set revision = revision + 1; end;
            create trigger sign_in_insert_counts after insert on sign_in begin
                update credential_revision set revision = revision + 1; end;
            create trigger sign_in_delete_counts after delete on sign_in begin
                update credential_revision set revision = revision + 1; end;
            """),
        Migration(
            5, "familiar_network",
            """
            create table familiar_network(
                account text not null references account(name) on delete cascade,
                network text not null,
                used_at integer not null,
                primary key(account, network)
            ) strict, without rowid;
            """),
        Migration(
            6, "token_maker",
            """
            alter table token add column made_with text references token(id) on delete cascade;
            create index token_made_with on token(made_with);
            """),
        Migration(
            24, "account_removal",
            """
            create trigger account_delete_counts after delete on account begin
                update credential_revision set revision = revision + 1; end;
            """),
    ]
}
