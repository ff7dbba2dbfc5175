-- +goose Up

-- A law through all its versions.
create table law (
  home    bigint  not null,
  id      bigint  not null,
  key     text    not null,      -- short name for addresses
  title   text    not null,      -- of the newest version
  kind    text    not null,
  rank    integer not null,      -- place of its kind in the order of laws
  words   text    not null,      -- titles and short names, folded, for the search
  created bigint  not null,
  primary key (home, id)
);
create unique index law_key on law (home, key);
create index law_order on law (home, rank, key);

-- What a law is cited by: titles and short names without the state's name.
create table law_name (
  home bigint not null,
  name text   not null,
  law  bigint not null,
  primary key (home, name)
);

-- The text of a law from one day to another. Only until_day changes afterwards.
create table law_version (
  home        bigint  not null,
  id          bigint  not null,
  law         bigint  not null,
  title       text    not null,
  kind        text    not null,
  issuer      text    not null,
  number      text    not null,  -- document number
  adopted     integer not null,
  published   integer not null,
  from_day    integer not null,
  until_day   integer not null default 0,
  source      text    not null,
  note        text    not null,
  history     text    not null,  -- a line each
  excerpt     boolean not null,
  invented    boolean not null,
  articles    integer not null,
  digest      bytea   not null,  -- of the file as it is written
  imported    bigint  not null,
  imported_by bigint  not null,
  primary key (home, id)
);
create unique index law_version_from on law_version (home, law, from_day);

create table law_article (
  home    bigint  not null,
  version bigint  not null,
  number  integer not null,      -- 62 of 第六十二条之一
  sub     integer not null,      -- 1 of it, else 0
  under   text    not null,      -- headings above it, a line each
  body    text    not null,      -- paragraphs, items and points, a line each
  primary key (home, version, number, sub)
);

-- What happened to a law: enacted, amended, repealed, interpreted (立改废释).
create table law_change (
  home    bigint  not null,
  id      bigint  not null,
  law     bigint  not null,
  kind    text    not null,      -- enact, amend, repeal, interpret
  on_day  integer not null,      -- from which it counts
  version bigint  not null,      -- the new text, 0 where there is none
  number  text    not null,      -- document
  words   text    not null,      -- the interpretation, or why
  whole   boolean not null,      -- touches all of the law
  at      bigint  not null,
  person  bigint  not null,
  primary key (home, id)
);
create index law_change_law on law_change (home, law, on_day, id);
create index law_change_at on law_change (home, at, id);

-- The articles that a change touches, where it is not the whole law.
create table law_changed (
  home   bigint  not null,
  change bigint  not null,
  number integer not null,
  sub    integer not null,
  primary key (home, change, number, sub)
);

-- Who rests on which article: put by the room that owns the subject, with it.
create table law_pointer (
  home      bigint  not null,
  id        bigint  not null,
  kind      text    not null,    -- item, power …
  code      text    not null,    -- of the subject within its kind
  label     text    not null,    -- its name
  part      text    not null,    -- basis, material, fee, limit, special, step
  words     text    not null,    -- the citation as it was written
  name      text    not null,    -- what the law is cited by, as law_name has it
  law       bigint  not null,    -- 0 while the library does not have it
  number    integer not null,    -- 0 for the law as a whole
  sub       integer not null,
  paragraph integer not null,
  item      integer not null,
  from_day  integer not null,
  until_day integer not null default 0,
  primary key (home, id)
);
create index law_pointer_subject on law_pointer (home, kind, code);
create index law_pointer_law on law_pointer (home, law, number, sub, kind, code);
create index law_pointer_name on law_pointer (home, name) where law = 0;

-- What stands in the way of work on an article, asked upward and answered.
create table law_obstacle (
  home        bigint  not null,
  id          bigint  not null,
  law         bigint  not null,
  number      integer not null,
  sub         integer not null,
  agency      text    not null,  -- whose official met it
  words       text    not null,
  matter      text    not null,  -- number of the case, '' for none
  state       text    not null,  -- open, asked, answered
  met_at      bigint  not null,
  met_by      bigint  not null,
  asked       text    not null default '', -- the body above that was asked
  asked_no    text    not null default '', -- number of the letter
  asked_at    bigint  not null default 0,
  asked_by    bigint  not null default 0,
  answer      text    not null default '',
  answer_no   text    not null default '',
  answered_at bigint  not null default 0,
  answered_by bigint  not null default 0,
  primary key (home, id)
);
create index law_obstacle_article on law_obstacle (home, law, number, sub, id);
create index law_obstacle_state on law_obstacle (home, state, id);
