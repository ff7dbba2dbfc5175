-- +goose Up

-- How far law_pointer goes with entries of lists: every version up to this one,
-- in the order of changes and codes, was pointed at its articles. No row: none was.
create table list_point_mark (
  home bigint not null,
  seq  bigint not null,
  code text   not null,
  primary key (home)
);
