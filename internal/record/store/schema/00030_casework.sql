-- +goose Up

-- What casework knows of a case beyond its proceeding (same id). facts holds
-- nothing that identifies a person; secret is sealed under the case's data key.
create table casefile (
  home bigint not null,
  id bigint not null,
  channel text not null,
  applicant_kind text not null,
  agent bigint not null,
  name_key bytea not null,
  idno_key bytea not null,
  facts text not null,
  secret bytea not null,
  primary key (home, id)
);
create index casefile_name on casefile (home, name_key);
create index casefile_idno on casefile (home, idno_key);

-- An application that is being filled in. It becomes the case of the same id,
-- so that it can be submitted once only.
create table draft (
  home bigint not null,
  id bigint not null,
  person bigint not null,
  subject bigint not null,
  item bigint not null,
  item_version bigint not null,
  data_key bigint not null,
  secret bytea not null,
  saved bigint not null,
  expires integer not null,
  submitted boolean not null,
  primary key (home, id)
);
create index draft_person on draft (home, person, submitted, saved);
create index draft_expiry on draft (home, expires) where not submitted;

-- What an officer found in a task: opinion, findings of a visit, result of a test.
create table finding (
  home bigint not null,
  task bigint not null,
  proceeding bigint not null,
  passed boolean not null,
  text bytea not null,
  officers text not null,
  at bigint not null,
  primary key (home, proceeding, task)
); -- clustered

-- One body asks another about a case.
create table inquiry (
  home bigint not null,
  id bigint not null,
  proceeding bigint not null,
  task bigint not null,
  from_agency text not null,
  to_agency text not null,
  question bytea not null,
  answer bytea not null,
  due integer not null,
  asked_by bigint not null,
  asked bigint not null,
  answered_by bigint not null,
  answered bigint not null,
  primary key (home, id)
);
create index inquiry_case on inquiry (home, proceeding);
create index inquiry_open on inquiry (home, to_agency, answered, due, id);

-- Grants that anybody may look up (行政许可法 40): nothing here identifies a
-- natural person beyond a masked name.
create table published_grant (
  home bigint not null,
  id bigint not null,
  day integer not null,
  agency text not null,
  title text not null,
  label text not null,
  number text not null,
  paper_no text not null,
  licence_no text not null,
  primary key (home, id)
);
create index published_grant_day on published_grant (home, day, id);
