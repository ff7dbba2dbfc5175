-- +goose Up

-- The holiday notices that were imported, a year each. They come before the
-- years inside the program.
create table calendar_year (
  home        bigint  not null,
  year        integer not null,
  file        text    not null,  -- {year, papers, days}
  known_from  integer not null,  -- publication of the latest notice, 0 not known
  version     text    not null,  -- fingerprint of the whole calendar with this year
  imported    bigint  not null,
  imported_by bigint  not null,
  primary key (home, year)
);

-- A value that changes with every import; never met twice.
create table calendar_epoch (
  home bigint not null,
  n    bigint not null,
  primary key (home)
);
