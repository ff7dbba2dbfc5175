-- +goose Up

-- A template of a paper as it was imported. The one in force for an agency is
-- its own, else the one for all (agency ''). Rows never change but for their end.
create table paper_template (
  home bigint not null,
  id bigint not null,
  kind text not null,
  agency text not null,
  version integer not null,
  from_day integer not null,
  until_day integer not null,   -- 0: in force until it is succeeded
  yaml text not null,
  primary key (home, id)
);
create unique index paper_template_version on paper_template (home, kind, agency, version);

-- A paper as it was written. Its text and its code lie under the case's key.
-- series is what n counts within a year: kind and agency.
create table paper (
  home bigint not null,
  id bigint not null,
  proceeding bigint not null,
  kind text not null,
  title text not null,
  number text not null,
  agency text not null,
  year integer not null,
  n bigint not null,
  day integer not null,
  template bigint not null,
  sample boolean not null,
  code_digest bytea not null,
  code bytea not null,          -- encrypted
  content bytea not null,       -- encrypted canonical bytes
  signature bytea not null,     -- empty when the kind is not sealed
  key_id text not null,
  written bigint not null,
  primary key (home, id)
);
create unique index paper_number on paper (home, agency, kind, year, n);
create unique index paper_code on paper (home, code_digest);
create index paper_proceeding on paper (home, proceeding, id);
