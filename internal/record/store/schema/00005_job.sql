-- +goose Up

-- Work to be done outside a command, at or after a moment. A lease says who is
-- at it; it keeps runners out of each other's way and proves nothing.
create table job (
  home        bigint  not null,
  id          bigint  not null,
  kind        text    not null,
  key         text    not null,            -- what it is about: the same work is added once
  args        text    not null,            -- JSON, nothing personal
  state       text    not null default 'waiting', -- waiting, done, parked
  run_at      bigint  not null,            -- instant from which it is due
  attempts    integer not null default 0,  -- times begun since it was added, retried or came again
  turn        integer not null default 0,  -- times begun ever: tells a runner whether it is still its
  lease_until bigint  not null default 0,  -- instant until which nobody else begins it
  holder      text    not null default '', -- who began it last
  last_error  text    not null default '',
  created     bigint  not null,            -- instant
  ended       bigint  not null default 0,  -- instant when done or parked
  primary key (home, id)
);

create unique index job_key on job (home, kind, key);
create index job_due on job (home, run_at, id) where state = 'waiting';
create index job_ended on job (home, state, ended) where state <> 'waiting';
