-- +goose Up

-- A change of a list: one act with one document, numbered for those who follow.
create table list_change (
  home     bigint  not null,
  seq      bigint  not null,     -- over all lists, from 1, without gaps
  list     text    not null,     -- key of the kind
  edition  integer not null,     -- of this list, from 1
  document text    not null,     -- number of the document (文号)
  from_day integer not null,     -- effective day
  reason   text    not null,
  made     bigint  not null,
  person   bigint  not null,     -- who made it, 0 the platform
  agency   text    not null,     -- of the post acted in
  added    integer not null,
  edited   integer not null,
  ended    integer not null,
  digest   bytea   not null,     -- of the entries as they then stood, in the order of their codes
  primary key (home, seq)
);
create unique index list_change_edition on list_change (home, list, edition);

-- An entry of a list through all its versions: the root row of its changes.
create table list_entry (
  home     bigint  not null,
  id       bigint  not null,
  list     text    not null,
  code     text    not null,
  newest   integer not null,     -- number of the newest version
  version  bigint  not null,     -- that version, also one that has yet to begin
  from_day integer not null,     -- its first day
  ended    boolean not null,     -- it takes the entry off the list
  agency   text    not null,     -- of that version
  region   text    not null,
  digest   bytea   not null,     -- of its content
  primary key (home, id)
);
create unique index list_entry_code on list_entry (home, list, code);

-- A version of an entry. Only until_day changes afterwards, when a later version
-- takes over.
create table list_version (
  home      bigint  not null,
  id        bigint  not null,
  entry     bigint  not null,
  n         integer not null,
  list      text    not null,
  code      text    not null,
  agency    text    not null,    -- '' where the list has none
  region    text    not null,    -- code prefix of the area in which it holds
  type      text    not null,    -- '' where the list has none
  from_day  integer not null,
  until_day integer not null default 0,
  ended     boolean not null,    -- off the list from from_day on; content is what it was
  seq       bigint  not null,    -- the change that made it
  part1     integer not null,    -- rows of the kind's first table, second …
  part2     integer not null,
  part3     integer not null,
  part4     integer not null,
  part5     integer not null,
  part6     integer not null,
  digest    bytea   not null,    -- of the content
  name      text    not null,
  name_key  text    not null,    -- folded, for searching
  content   text    not null,    -- JSON, as the kind of list says
  primary key (home, id)
);
create unique index list_version_n on list_version (home, entry, n);
create index list_version_code on list_version (home, list, code, n);
create index list_version_agency on list_version (home, list, agency, code);
create index list_version_seq on list_version (home, seq, code);
create index list_version_day on list_version (home, list, from_day, code);
