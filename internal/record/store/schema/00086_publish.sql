-- +goose Up

-- How far what is published was sent to the higher level's portal, and what
-- became of the last attempt. seq and code are the change and the entry that it
-- acknowledged last.
create table publish_state (
  home bigint not null,
  url text not null,             -- of the portal; another one begins anew
  seq bigint not null,
  code text not null,
  sent_at bigint not null,       -- of the last acknowledged portion; 0: never
  tries integer not null,        -- that did not succeed since
  tried_at bigint not null,
  why text not null,             -- key of the sentence that says what was wrong with the last one; '' when it was well
  why_args text not null,        -- its arguments, JSON
  fresh boolean not null,        -- something was sent since the two were compared
  wanted boolean not null,       -- somebody asked for a comparison
  again boolean not null,        -- what is too many there is to be taken back before all is sent again
  done integer not null,         -- versions that were gone through in a comparison under way
  total integer not null,        -- of so many; 0: none is under way
  compared_at bigint not null,   -- 0: never
  same integer not null,
  missing integer not null,
  extra integer not null,
  different integer not null,
  primary key (home)
);

-- What the last comparison found, up to a bound.
create table publish_difference (
  home bigint not null,
  list text not null,
  code text not null,
  n integer not null,            -- version
  kind text not null,            -- missing, extra, different
  name text not null,
  there bytea not null,          -- digest of what is held there
  fields text not null,          -- what differs, column by column, JSON
  primary key (home, list, code, n)
);
