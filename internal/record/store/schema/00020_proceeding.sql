-- +goose Up

-- The root row of everything that runs: a case, later a change of the catalogue,
-- a delegation, a penalty. Its update is the lock of a command. state is where
-- the flow stands, clock the facts of its clocks, wake the next instant at which
-- settling it would do something (0: nothing waits).
create table proceeding (
  home bigint not null,
  id bigint not null,
  kind text not null,
  number text not null,
  item bigint not null,
  item_version bigint not null,
  title text not null,
  agency text not null,
  region text not null,
  applicant bigint not null,
  filer bigint not null,
  label text not null,
  status text not null,
  state text not null,
  clock text not null,
  timers text not null,
  received integer not null,
  accepted integer not null,
  closed integer not null,
  due integer not null,
  due_provisional boolean not null,
  promised_due integer not null,
  wake bigint not null,
  data_key bigint not null,
  opened bigint not null,
  version bigint not null,
  leaf bytea not null,
  primary key (home, id)
);
create unique index proceeding_number on proceeding (home, number);
create index proceeding_applicant on proceeding (home, applicant, id);
create index proceeding_filer on proceeding (home, filer, id);
create index proceeding_agency on proceeding (home, agency, status, due, id);
create index proceeding_wake on proceeding (home, wake) where wake > 0;
create index proceeding_running on proceeding (home, kind, due, id) where closed = 0;
create index proceeding_closed on proceeding (home, kind, closed, id) where closed > 0;

-- One open or done task of a proceeding. seen is its version: what two people
-- can be in conflict about.
create table task (
  home bigint not null,
  id bigint not null,
  proceeding bigint not null,
  token integer not null,
  node text not null,
  name text not null,
  role text not null,
  part text not null,
  agency text not null,
  post text not null,
  officers integer not null,
  state text not null,
  assignee bigint not null,
  opened bigint not null,
  due integer not null,
  done_at bigint not null,
  done_by bigint not null,
  outcome text not null,
  seen bigint not null,
  primary key (home, id)
);
create unique index task_token on task (home, proceeding, token);
-- Lists show open tasks only; opened is in the first so that counting what came
-- lately reads nothing else.
create index task_list on task (home, agency, post, due, id, opened) where state = 'open';
create index task_mine on task (home, assignee, due, id) where state = 'open' and assignee > 0;

-- Who played what on a proceeding: one person holds one exclusive class.
create table duty (
  home bigint not null,
  proceeding bigint not null,
  person bigint not null,
  class text not null,
  part text not null,
  primary key (home, proceeding, person)
); -- clustered

-- Counters for numbers given per agency and year (办件编号, 字号).
create table number_counter (
  home bigint not null,
  series text not null,
  year integer not null,
  last bigint not null,
  primary key (home, series, year)
);
create index proceeding_provisional on proceeding (home, id) where due_provisional;
