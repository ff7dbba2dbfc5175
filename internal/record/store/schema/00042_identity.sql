-- +goose Up

-- Since which day a person's data are only kept and no longer used
-- (网络数据安全管理条例 24), and since which day they are erased; 0: they are not.
alter table person add column restricted integer not null default 0;
alter table person add column erased integer not null default 0;
