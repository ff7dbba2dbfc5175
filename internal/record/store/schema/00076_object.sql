-- +goose Up

-- An objection to an entry of a public list, or to an item's guide.
create table objection (
  home         bigint  not null,
  id           bigint  not null,
  number       text    not null,
  list         text    not null,  -- key of the kind of list; item for the catalogue
  code         text    not null,
  name         text    not null,  -- of the entry, as it was then
  version      integer not null,  -- of the entry that was objected to
  agency       text    not null,  -- that answers; '' the county itself
  region       text    not null,
  person       bigint  not null,  -- who was signed in, 0 for nobody
  source       bytea   not null,  -- keyed digest of where it came from; empty once answered
  data_key     bigint  not null,
  said         bytea   not null,  -- name, contact and words, sealed
  filed        bigint  not null,
  until_day    integer not null,  -- last day for the agency
  second_until integer not null,  -- last day of the second look
  outcome      text    not null,  -- '' none yet, mended, kept
  level        text    not null,  -- who answered: agency, county
  document     text    not null,  -- of the adjustment that mends it
  adjustment   bigint  not null,
  mending      integer not null,  -- version of the entry that mends it, 0 for none
  shown        text    not null,  -- what of the objection the public reads
  answer       text    not null,
  answered_by  bigint  not null,
  answered     bigint  not null,
  primary key (home, id)
);
create unique index objection_number on objection (home, number);
create index objection_entry on objection (home, list, code, id);
create index objection_open on objection (home, agency, id) where outcome = '';
create index objection_source on objection (home, source, filed);
