-- +goose Up

-- What a submission with an idempotency key led to: a digest of the request and
-- a reference to the result, never a second copy of what was typed.
create table idempotency (
  home bigint not null,
  person bigint not null,
  token text not null,
  command text not null,
  digest bytea not null,
  result text not null,
  at bigint not null,
  primary key (home, person, token)
); -- clustered
create index idempotency_age on idempotency (home, at);
