-- +goose Up

-- A request to erase a person's data, or those of one case. next_day is the day
-- on which more of it becomes due; 0: not known, or nothing is left.
create table erasure (
  home bigint not null,
  id bigint not null,
  person bigint not null,
  only_case bigint not null,    -- 0: everything of the person
  ground text not null,
  article text not null,
  state text not null,          -- asked, approved, refused, done
  asked_by bigint not null,
  asked bigint not null,
  decided_by bigint not null,
  decided bigint not null,
  next_day integer not null,
  reason bytea not null,        -- of a refusal, sealed under the person's key
  primary key (home, id)
);
create index erasure_person on erasure (home, person, id);
create unique index erasure_open on erasure (home, person, only_case) where state = 'asked' or state = 'approved';
create index erasure_state on erasure (home, state, next_day, id);
