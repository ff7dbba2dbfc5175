-- +goose Up

-- One version of a licence. root is the id of its first version; a corrected
-- licence is a new version with a number and a code of its own. The content and
-- the code lie under the key of the case that it came from; code_digest is what
-- a scanned code is found by. n and leaf are the head of the stream
-- licence/<root>, kept in its newest version.
create table licence (
  home bigint not null,
  id bigint not null,
  root bigint not null,
  version integer not null,
  number text not null,            -- GB/T 36904
  type text not null,              -- 21 characters
  title text not null,
  agency text not null,            -- its key
  holder bigint not null,          -- natural or legal person
  label text not null,             -- the holder's name, masked for a natural person
  item bigint not null,
  item_version bigint not null,
  proceeding bigint not null,
  day integer not null,
  from_day integer not null,
  until_day integer not null,      -- first day on which it no longer holds; 0: without end
  state text not null,             -- valid, suspended, revoked, superseded
  sample boolean not null,         -- 样本
  code_digest bytea not null,
  code bytea not null,             -- encrypted
  content bytea not null,          -- encrypted canonical bytes
  signature bytea not null,
  key_id text not null,
  issued bigint not null,
  ended_day integer not null,      -- since when suspended or revoked
  ended_article text not null,
  ended_reason bytea not null,     -- encrypted
  n bigint not null,
  leaf bytea not null,
  primary key (home, id)
);
create unique index licence_number on licence (home, number);
create unique index licence_code on licence (home, code_digest);
create unique index licence_version on licence (home, root, version);
create index licence_holder on licence (home, holder, id);
create index licence_proceeding on licence (home, proceeding, id);
