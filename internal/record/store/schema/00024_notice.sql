-- +goose Up

-- A message to a reader (person/7, agency/scjg), made once from an event. args
-- are the public facts that its sentence names. log and seq are the event's
-- number and order the inbox.
create table notice (
  home bigint not null,
  id bigint not null,
  reader text not null,
  event bigint not null,
  kind text not null,
  proceeding bigint not null,
  args text not null,
  log bigint not null,
  seq bigint not null,
  at bigint not null,
  read_at bigint not null,      -- 0: unread
  primary key (home, id)
);
create unique index notice_once on notice (home, event, reader);
create index notice_inbox on notice (home, reader, log, seq);
create index notice_unread on notice (home, reader) where read_at = 0;

-- Where a reader's notices are sent besides. A reader has one hook.
create table hook (
  home bigint not null,
  id bigint not null,
  owner text not null,
  url text not null,
  secret bytea not null,        -- encrypted under a key of its own
  state text not null,          -- on, off
  changed bigint not null,
  primary key (home, id)
);
create unique index hook_owner on hook (home, owner);

-- The sending of one notice: waiting until somebody answered that it is there.
create table delivery (
  home bigint not null,
  notice bigint not null,
  hook bigint not null,
  state text not null,          -- waiting, answered, stopped (the hook was taken away)
  tries integer not null,
  tried_at bigint not null,
  answered_at bigint not null,
  why text not null,            -- of the last failure
  primary key (home, notice)
);
create index delivery_hook on delivery (home, hook, state);
