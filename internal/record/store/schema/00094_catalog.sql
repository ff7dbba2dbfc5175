-- +goose Up

-- The keys by which versions are found that a rule of the checkup holds against
-- each other (rules/checkup). They follow from item_version and can be made again
-- at any time.
create table item_key (
  home    bigint not null,
  kind    text   not null,  -- name, base, result, fee, service
  key     text   not null,
  region  text   not null,  -- '' where it holds in all
  version bigint not null,
  primary key (home, kind, key, region, version)
); -- clustered

-- Up to which state of the catalogue (catalog_epoch) every version has its keys, of
-- which edition. No row, or another state: some may be missing.
create table item_key_mark (
  home    bigint not null,
  epoch   bigint not null,
  edition text   not null,
  primary key (home)
);
