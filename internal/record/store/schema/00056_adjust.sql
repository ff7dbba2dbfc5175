-- +goose Up

-- An adjustment of the catalogue: one document with all that it changes.
create table adjustment (
  home          bigint  not null,
  id            bigint  not null,
  document      text    not null,   -- number of the document (文号)
  level         text    not null,   -- who adjusts: county, city, province, state
  reason        text    not null,
  source        text    not null,   -- own, law, above
  law_change    bigint  not null,   -- what happened to a law, 0 for none
  ordered       bigint  not null,   -- the batch from above that it follows, 0 for none
  region        text    not null,
  stage         text    not null,   -- draft, consent, panel, decided, notice, done, refused, dropped
  from_day      integer not null,   -- effective day
  rev           integer not null,   -- counts changes of what it says
  drafted_by    bigint  not null,
  agency        text    not null,   -- of the post that drafted it
  began         bigint  not null,
  handed_by     bigint  not null default 0,
  handed_at     bigint  not null default 0,
  consent_until integer not null default 0,
  approved      boolean not null default false,
  decision      text    not null default '',
  decided_by    bigint  not null default 0,
  decided_at    bigint  not null default 0,
  notice_from   integer not null default 0,
  notice_until  integer not null default 0,
  done_by       bigint  not null default 0,
  done_at       bigint  not null default 0,
  primary key (home, id)
);
create index adjustment_stage on adjustment (home, stage, id);
create index adjustment_ordered on adjustment (home, ordered, id) where ordered > 0;

-- What becomes of one entry of a list, or of one item.
create table adjustment_entry (
  home       bigint  not null,
  id         bigint  not null,
  adjustment bigint  not null,
  list       text    not null,      -- key of the kind of list; item for the catalogue
  code       text    not null,
  name       text    not null,
  agency     text    not null,
  does       text    not null,      -- new, change, split …; '' while nobody settled it
  into_codes text    not null,      -- successors, by blanks
  receiver   text    not null,      -- agency to which it is handed down
  base       integer not null,      -- version that it was made from, 0 for none
  proposal   bigint  not null,      -- of an item: the written change that is published, 0 for none
  content    text    not null,      -- JSON; '' for none
  note       text    not null,
  touched_by bigint  not null,      -- whoever may not review it
  primary key (home, id)
);
create unique index adjustment_entry_code on adjustment_entry (home, adjustment, list, code);
create index adjustment_entry_list on adjustment_entry (home, list, code);

-- Findings of the checkup that a manager accepted with a reason.
create table adjustment_accepted (
  home       bigint not null,
  adjustment bigint not null,
  finding    text   not null,
  rule       text   not null,
  reason     text   not null,
  person     bigint not null,
  at         bigint not null,
  primary key (home, adjustment, finding)
);

-- What each agency concerned says.
create table adjustment_consent (
  home       bigint not null,
  adjustment bigint not null,
  agency     text   not null,
  answer     text   not null,       -- '' none yet, agreed, objected
  reason     text   not null,
  person     bigint not null,
  at         bigint not null,
  primary key (home, adjustment, agency)
);

-- The panel and what its members say.
create table adjustment_opinion (
  home       bigint not null,
  adjustment bigint not null,
  person     bigint not null,
  legal      text   not null,       -- '' none yet, yes, no
  reasonable text   not null,
  reasons    text   not null,
  at         bigint not null,
  primary key (home, adjustment, person)
);

-- What the public says about an adjustment, and what became of it.
create table adjustment_comment (
  home        bigint not null,
  id          bigint not null,
  adjustment  bigint not null,
  person      bigint not null,
  words       text   not null,
  at          bigint not null,
  outcome     text   not null,      -- '' none yet, taken, partly, declined
  answer      text   not null,
  answered_by bigint not null,
  answered_at bigint not null,
  primary key (home, id)
);
create index adjustment_comment_of on adjustment_comment (home, adjustment, id);

-- Open cases of an item that goes: each stays with the version that it began with.
create table adjustment_stay (
  home       bigint not null,
  adjustment bigint not null,
  matter     bigint not null,
  entry      bigint not null,
  person     bigint not null,
  at         bigint not null,
  primary key (home, adjustment, matter)
);

-- A batch of a higher level, which every body below follows or says why not.
create table adjustment_order (
  home     bigint  not null,
  id       bigint  not null,
  document text    not null,
  issuer   text    not null,
  title    text    not null,
  items    integer not null,        -- how many entries it has
  decreed  integer not null,
  received integer not null,
  until    integer not null,        -- last day for the bodies below
  region   text    not null,
  person   bigint  not null,
  at       bigint  not null,
  primary key (home, id)
);
create unique index adjustment_order_document on adjustment_order (home, document);

create table adjustment_task (
  home    bigint  not null,
  ordered bigint  not null,
  agency  text    not null,
  answer  text    not null,         -- '' none yet, follow, not_applicable
  reason  text    not null,
  person  bigint  not null,
  at      bigint  not null,
  listed  integer not null,         -- day from which the lists say so, 0 not yet
  primary key (home, ordered, agency)
);
create index adjustment_task_agency on adjustment_task (home, agency, answer);
