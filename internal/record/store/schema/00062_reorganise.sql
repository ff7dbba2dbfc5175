-- +goose Up

-- A reorganisation of agencies: one document, one day.
create table reorganisation (
  home       bigint  not null,
  id         bigint  not null,
  document   text    not null,   -- number of the document (文号)
  reason     text    not null,
  from_day   integer not null,
  region     text    not null,
  stage      text    not null,   -- draft, decided, refused, dropped, done
  rev        integer not null,   -- counts changes of what it says
  drafted_by bigint  not null,
  began      bigint  not null,
  decided_by bigint  not null default 0,
  decided_at bigint  not null default 0,
  decision   text    not null default '',
  done_day   integer not null default 0, -- from which it holds: from_day, or later when the machine stood still
  done_at    bigint  not null default 0,
  primary key (home, id),
  constraint two_people check (decided_by = 0 or decided_by <> drafted_by)
);
create index reorganisation_stage on reorganisation (home, stage, from_day, id);

-- What becomes of an agency, or which one begins.
create table reorganisation_agency (
  home    bigint not null,
  act     bigint not null,
  agency  text   not null,
  fate    text   not null,       -- rename, end, cede, begin
  heir    text   not null,       -- end: who gets whatever is not named; '' everything is named
  name    text   not null,       -- rename, begin: the name from the day on
  short   text   not null,
  uscc    text   not null,       -- begin: the credit code, without which it issues no licence
  level   text   not null,
  address text   not null,
  phone   text   not null,
  primary key (home, act, agency)
);
create index reorganisation_agency_of on reorganisation_agency (home, agency, act);

-- What of an agency goes where. While it is a draft: what was named; when it is
-- done: all that went. Rows of what is done never change.
create table reorganisation_move (
  home     bigint  not null,
  act      bigint  not null,
  agency   text    not null,     -- from
  kind     text    not null,     -- power, entry, item, post, link, case, officer, seal
  ref      text    not null,     -- code, list/code, number of the item, of the post …
  receiver text    not null,
  done     boolean not null,
  primary key (home, act, agency, kind, ref)
);
create index reorganisation_move_of on reorganisation_move (home, agency, kind, ref, act);
