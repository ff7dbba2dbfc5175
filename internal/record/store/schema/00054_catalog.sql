-- +goose Up

-- The flow of an item while managers edit it: one draft of an item, seen by all of
-- them. Whoever saves names the revision that they saw.
create table flow_draft (
  home      bigint  not null,
  item      bigint  not null,
  base      integer not null,  -- version that it began from
  rev       integer not null,  -- counts what was saved
  flow      bytea   not null,
  edited_by bigint  not null,
  edited_at bigint  not null,
  primary key (home, item)
);
