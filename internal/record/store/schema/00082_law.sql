-- +goose Up

-- The single characters and pairs of characters of articles (rules/gram). It
-- follows from law_article and can be made again at any time.
-- +sqlite
create virtual table law_gram using fts5 (tokens, content = '', tokenize = 'unicode61 remove_diacritics 0');
-- +postgres
create table law_gram (
  home   bigint not null,
  place  bigint not null,
  tokens text[] not null,
  primary key (home, place)
);
create index law_gram_tokens on law_gram using gin (tokens) with (fastupdate = off);
-- +both

-- The article that stands at a place of law_gram.
create table law_gram_place (
  home    bigint  not null,
  id      bigint  not null,
  version bigint  not null,
  number  integer not null,
  sub     integer not null,
  primary key (home, id)
);

-- The versions of laws whose articles are in law_gram.
create table law_gram_version (
  home    bigint not null,
  version bigint not null,
  primary key (home, version)
);
