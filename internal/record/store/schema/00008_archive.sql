-- +goose Up

-- One row while a restore runs. Found at start it means that the restore did
-- not finish: the database must not be served.
create table restore_mark (
  home    bigint not null primary key,
  started bigint not null, -- instant
  taken   bigint not null  -- instant of the archive
);
