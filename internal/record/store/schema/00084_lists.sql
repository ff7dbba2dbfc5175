-- +goose NO TRANSACTION
-- +goose Up

-- How far law_pointer goes with entries of lists: every version up to this one,
-- in the order of changes and codes, was pointed at its articles. No row: none was.
create table if not exists list_point_mark (
  home bigint not null,
  seq  bigint not null,
  code text   not null,
  primary key (home)
);

-- What rests on an article, in the order of its pages, with the days: a province's
-- powers rest on one article by the thousand.
create index concurrently law_pointer_article on law_pointer (home, law, number, sub, kind, code, part, from_day, until_day);
