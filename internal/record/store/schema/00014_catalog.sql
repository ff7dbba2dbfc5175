-- +goose Up

-- A value that changes with every change of the catalogue: who remembers items
-- compares it first. A value is never met twice.
create table catalog_epoch (
  home bigint not null,
  n    bigint not null,
  primary key (home)
);

-- A service item through all its versions: the root row and lock of its changes.
create table item (
  home    bigint  not null,
  id      bigint  not null,
  code    text    not null,
  newest  integer not null,      -- number of the newest version
  created bigint  not null,
  version bigint  not null,      -- head of the item's stream in the ledger
  leaf    bytea   not null,
  primary key (home, id)
);
create unique index item_code on item (home, code);

-- What was published. Only until_day changes afterwards, when a newer version
-- takes over or the item is withdrawn.
create table item_version (
  home         bigint  not null,
  id           bigint  not null,
  item         bigint  not null,
  n            integer not null,
  from_day     integer not null,
  until_day    integer not null default 0,
  region       text    not null, -- code prefix of the area in which it holds
  agency       text    not null,
  complete     boolean not null, -- has a flow and a form: can be applied for
  written      bytea   not null, -- item.yaml, flow.bpmn, form.json as they were written
  flow         bytea   not null,
  form         bytea   not null,
  digest       bytea   not null, -- of the three
  published    bigint  not null,
  published_by bigint  not null,
  proposed_by  bigint  not null,
  primary key (home, id)
);
create unique index item_version_n on item_version (home, item, n);

-- A change that one person wrote and another must publish.
create table item_proposal (
  home        bigint  not null,
  id          bigint  not null,
  item        bigint  not null,
  kind        text    not null,  -- publish, withdraw
  base        integer not null,  -- newest version when it was written
  from_day    integer not null,
  reason      text    not null,
  region      text    not null,
  written     bytea   not null,
  flow        bytea   not null,
  form        bytea   not null,
  proposed_by bigint  not null,
  proposed_at bigint  not null,
  state       text    not null,  -- open, published, dropped
  settled_by  bigint  not null default 0,
  settled_at  bigint  not null default 0,
  note        text    not null default '',
  primary key (home, id),
  constraint two_people check (state <> 'published' or settled_by <> proposed_by)
);
create unique index item_proposal_open on item_proposal (home, item) where state = 'open';
create index item_proposal_state on item_proposal (home, state, id);

-- What a search needs of a version. It and item_gram follow from item_version
-- and can be made again at any time.
create table item_search (
  home       bigint  not null,
  version    bigint  not null,
  item       bigint  not null,
  code       text    not null,
  name       text    not null,
  name_key   text    not null,   -- folded, without punctuation
  name_text  text    not null,   -- folded, each form on a line of its own
  alias_text text    not null,
  aliases    text    not null,   -- as written, one a line
  type       text    not null,
  agency     text    not null,
  applicants text    not null,   -- between blanks
  online     boolean not null,
  complete   boolean not null,
  from_day   integer not null,
  until_day  integer not null default 0,
  primary key (home, version)
);
-- +postgres
alter table item_search alter column name_key type text collate "C";
-- +both
create index item_search_name on item_search (home, complete, name_key, version);
create index item_search_code on item_search (home, code);

-- The single characters and pairs of characters of names and aliases.
-- +sqlite
create virtual table item_gram using fts5 (tokens, content = '', tokenize = 'unicode61 remove_diacritics 0');
-- +postgres
create table item_gram (
  home    bigint not null,
  version bigint not null,
  tokens  text[] not null,
  primary key (home, version)
);
create index item_gram_tokens on item_gram using gin (tokens) with (fastupdate = off);
-- +both

-- Words that found nothing, by month, for those who write the aliases.
create table search_miss (
  home    bigint  not null,
  month   integer not null,      -- 202611
  words   text    not null,
  n       bigint  not null,
  last_at bigint  not null,
  primary key (home, month, words)
);
