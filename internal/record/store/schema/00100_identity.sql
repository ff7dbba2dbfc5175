-- +goose Up

-- What agencies and regions are called in English, for readers of it; '' where nobody
-- wrote it, and the Chinese name is shown.
alter table agency add column name_en text not null default '';
alter table region add column name_en text not null default '';
