-- +goose Up

-- The next free id of a home; processes reserve blocks of it.
create table id_block (
  home bigint primary key,
  next bigint not null
);
