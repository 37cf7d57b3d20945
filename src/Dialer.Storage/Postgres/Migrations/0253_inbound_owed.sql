-- What a call that the person placed owes from the moment an agent has it: no decision allowed it, so its conditions stand here. Owned by Compliance.
create table inbound_owed (
    attempt_id    bigint primary key references attempt,
    codes         text[] not null,
    pack_version  text not null,
    at            timestamptz not null
);
