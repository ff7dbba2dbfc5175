-- +goose Up

-- When who objected, and what they wrote, was destroyed; 0 for not yet.
alter table objection add column erased bigint not null default 0;
