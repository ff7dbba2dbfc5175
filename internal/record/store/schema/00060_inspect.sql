-- +goose Up

-- A check of the whole catalogue (清单体检): when, by whom, by which rules, and how
-- much was found. Findings that somebody accepted are counted apart.
create table checkup_run (
  home     bigint  not null,
  id       bigint  not null,
  region   text    not null,
  on_day   integer not null,  -- the lists of this day
  rules    text    not null,  -- keys of the rules, between blanks
  items    integer not null,  -- that were judged
  powers   integer not null,
  errors   integer not null,
  warnings integer not null,
  notes    integer not null,
  accepted integer not null,
  fresh    integer not null,  -- of them not found by the run before
  mended   integer not null,  -- found before and no longer
  by_rule  text    not null,  -- JSON: findings by rule
  made_by  bigint  not null,
  made_at  bigint  not null,
  primary key (home, id)
);

-- A finding, from the run that first had it. Its id is the same as long as the
-- same rule finds the same thing in the same subject.
create table checkup_finding (
  home         bigint  not null,
  id           text    not null,
  rule         text    not null,
  severity     text    not null,
  weight       integer not null,  -- place of the severity, the heaviest first
  agency       text    not null,  -- whose entry it is about, '' where that is nobody's alone
  subject_kind text    not null,
  subject_code text    not null,
  state        text    not null,  -- open, accepted, mended
  first_day    integer not null,  -- of first sight
  mended_day   integer not null,  -- on which a run no longer had it, 0 before
  digest       bytea   not null,  -- of body
  body         text    not null,  -- JSON: sentence, article, way to mend, ring
  rev          integer not null,  -- counts what persons said of it
  reason       text    not null,  -- for which it was accepted
  accepted_by  bigint  not null,
  accepted_at  bigint  not null,
  primary key (home, id)
);
create index checkup_finding_state on checkup_finding (home, state, weight, rule, subject_code, id);
create index checkup_finding_agency on checkup_finding (home, state, agency, weight, rule, subject_code, id);
