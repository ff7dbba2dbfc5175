-- +goose Up

-- What witnesses said of a checkpoint: the line that each put below it.
create table cosignature (
  log bigint not null,
  size bigint not null,
  witness text not null,
  at bigint not null,
  line text not null,
  primary key (log, size, witness)
);

-- Which build of a follower's read tables is read. Another build may be filled
-- beside it.
create table reading (
  home bigint not null,
  name text not null,
  build integer not null,
  primary key (home, name)
);
