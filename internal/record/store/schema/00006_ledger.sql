-- +goose Up

-- A log is one origin in one generation; a restore opens the next generation.
-- The newest row of a home is the log that events are written to. hashes is the
-- compact range of the tree: the right edge, at most 64 hashes.
create table ledger_log (
  log bigint primary key,
  home bigint not null,
  origin text not null,
  generation integer not null,
  size bigint not null,
  hashes bytea not null,
  before_note text not null,
  opened bigint not null,
  unique (home, origin, generation)
);

-- An event as it was frozen: leaf is the canonical envelope that the tree covers.
create table event (
  home bigint not null,
  id bigint not null,
  stream text not null,
  version bigint not null,
  kind text not null,
  at bigint not null,
  leaf bytea not null,
  primary key (home, id),
  unique (home, stream, version)
);

-- The number of an event in its log, and its leaf hash.
create table entry (
  log bigint not null,
  seq bigint not null,
  home bigint not null,
  event bigint not null,
  hash bytea not null,
  primary key (log, seq)
); -- clustered
create unique index entry_event on entry (home, event);

-- Events that wait for their number (PostgreSQL; on SQLite a command's group numbers them).
-- +postgres
create table unnumbered (
  pos bigserial primary key,
  home bigint not null,
  event bigint not null,
  hash bytea not null
);
-- +sqlite
create table unnumbered (
  pos integer primary key autoincrement,
  home bigint not null,
  event bigint not null,
  hash bytea not null
);
-- +both

-- The value behind each commitment of an event, encrypted; erasing it leaves
-- the commitment and its proof.
create table disclosure (
  home bigint not null,
  event bigint not null,
  field text not null,
  data_key bigint not null,
  cipher bytea not null,
  primary key (home, event, field)
); -- clustered

-- Heads of the streams that have no root row of their own.
create table stream_head (
  home bigint not null,
  stream text not null,
  version bigint not null,
  leaf bytea not null,
  primary key (home, stream)
); -- clustered

-- Complete tiles of 256 hashes, each with the root of its subtree.
create table tile (
  log bigint not null,
  level integer not null,
  n bigint not null,
  hashes bytea not null,
  root bytea not null,
  primary key (log, level, n)
);

-- Every signed checkpoint.
create table checkpoint (
  log bigint not null,
  size bigint not null,
  at bigint not null,
  note text not null,
  primary key (log, size)
);

-- How far each follower has read, and what it could not digest.
create table follower (
  home bigint not null,
  name text not null,
  build integer not null,
  log bigint not null,
  seq bigint not null,
  primary key (home, name, build)
);
create table parked (
  home bigint not null,
  name text not null,
  build integer not null,
  log bigint not null,
  seq bigint not null,
  stream text not null,
  why text not null,
  at bigint not null,
  primary key (home, name, build, log, seq)
);
create index parked_stream on parked (home, name, build, stream);

-- Who may number and who may run the timers: for liveness only.
create table lease (
  home bigint not null,
  name text not null,
  holder text not null,
  until_at bigint not null,
  primary key (home, name)
);
