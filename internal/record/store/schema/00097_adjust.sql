-- +goose Up

-- The body above from which something is taken over (承接), as it is called; '' for
-- what is not taken over.
alter table adjustment_entry add column giver text not null default '';

-- What an entry about a new item says, where it is fully written: its files as they
-- were handed in, until they are entered.
create table adjustment_item (
  home       bigint not null,
  adjustment bigint not null,
  code       text   not null,
  written    bytea  not null,      -- item.yaml, flow.bpmn, form.json
  flow       bytea  not null,
  form       bytea  not null,
  written_by bigint not null,      -- whoever may not publish it
  primary key (home, adjustment, code)
);
