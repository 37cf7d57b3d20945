-- Keys that protect session cookies and tokens, shared by all nodes. Owned by Access.
create table data_protection_key (
    name  text primary key,
    xml   text not null
);
