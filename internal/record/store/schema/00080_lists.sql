-- +goose Up

-- The single characters and pairs of characters of entries' names, by version
-- (rules/gram). It follows from list_version and can be made again at any time.
-- +sqlite
create virtual table list_gram using fts5 (tokens, content = '', tokenize = 'unicode61 remove_diacritics 0');
-- +postgres
create table list_gram (
  home    bigint not null,
  version bigint not null,
  tokens  text[] not null,
  primary key (home, version)
);
create index list_gram_tokens on list_gram using gin (tokens) with (fastupdate = off);
-- +both

-- How far list_gram goes: every version up to this one, in the order of changes
-- and codes, is in it. No row: nothing is.
create table list_gram_mark (
  home bigint not null,
  seq  bigint not null,
  code text   not null,
  primary key (home)
);
