-- +goose Up

-- A lower body whose published lists are received here. Of its key only a digest
-- is kept.
create table received_body (
  home bigint not null,
  region text not null,
  name text not null,
  key_digest bytea not null,
  state text not null,           -- on, off (its key is taken no more; its lists stay)
  since bigint not null,
  received_at bigint not null,   -- when something last came; 0: never
  primary key (home, region)
);
create unique index received_body_key on received_body (home, key_digest);

-- A version of an entry, as the body sent it.
create table received_entry (
  home bigint not null,
  region text not null,          -- of the body
  list text not null,
  code text not null,
  n integer not null,
  from_day integer not null,
  ended boolean not null,
  holds text not null,           -- region code where it holds
  link text not null,            -- permanent address at the body's portal
  digest bytea not null,         -- of the content, as it was received
  name text not null,
  names text not null,           -- what the bodies in the content are called, by key, JSON
  content text not null,         -- JSON
  at bigint not null,
  primary key (home, region, list, code, n)
);
