-- +goose Up

-- A data key: one for each case, one for each person's own data. Destroying it
-- (wrapped = '', erased_at set) erases every value that it sealed.
create table data_key (
  home       bigint not null,
  id         bigint not null,
  owner_kind text   not null,           -- case, person, …
  owner      bigint not null,
  wrapped    bytea  not null,           -- the key under the master key
  created    bigint not null,           -- instant
  erased_at  bigint not null default 0, -- instant, 0 while the key lives
  primary key (home, id)
);

create index data_key_owner on data_key (home, owner_kind, owner);

-- An agency's SM2 seal key, in force from from_day until the day before until_day.
create table seal_key (
  home      bigint  not null,
  id        bigint  not null,
  agency    text    not null,           -- its key ("scjg")
  from_day  integer not null,
  until_day integer not null default 0, -- 0: in force until it is succeeded
  public    bytea   not null,           -- PEM, SubjectPublicKeyInfo
  wrapped   bytea   not null,           -- the private number under the master key
  created   bigint  not null,           -- instant
  primary key (home, id)
);

-- An agency has one key without an end.
create unique index seal_key_open on seal_key (home, agency) where until_day = 0;
create index seal_key_day on seal_key (home, agency, from_day);
