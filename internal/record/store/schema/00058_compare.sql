-- +goose Up

-- A comparison of an agency's own list with the catalogue as it stood.
create table comparison (
  home     bigint  not null,
  id       bigint  not null,
  agency   text    not null,  -- whose list it is
  region   text    not null,  -- where it was compared
  file     text    not null,  -- name of the file, '' when a program sent it
  digest   bytea   not null,  -- of the file
  on_day   integer not null,  -- the catalogue of this day
  theirs   integer not null,  -- lines of the own list
  ours     integer not null,  -- items of the catalogue that were compared
  found    integer not null,  -- rows
  whole    boolean not null,  -- every line met all that share rare characters with it
  made_by  bigint  not null,
  made_at  bigint  not null,
  primary key (home, id)
);
create index comparison_agency on comparison (home, agency, id);

-- A row: lines that belong together, or one that stands alone.
create table comparison_row (
  home       bigint  not null,
  comparison bigint  not null,
  n          integer not null,   -- from 1, in the order of the own list
  relation   text    not null,
  differs    text    not null,   -- fields that differ: ' type days '
  score      integer not null,   -- 0 to 1000
  rev        integer not null,   -- counts the decisions
  verdict    text    not null,   -- '' until a person decided
  reason     text    not null,
  decided_by bigint  not null,   -- 0: nobody, or remembered from before
  decided_at bigint  not null,
  body       text    not null,   -- JSON: the lines of both lists, reasons, differences
  primary key (home, comparison, n)
);
create index comparison_row_relation on comparison_row (home, comparison, relation, n);

-- What persons decided about the lines of an agency, pair by pair, by the keys of
-- the lines; a key is '' where a line stands alone. The next comparison obeys it.
create table comparison_memory (
  home     bigint  not null,
  agency   text    not null,
  their    text    not null,
  our      text    not null,
  verdict  text    not null,
  decision bigint  not null,    -- pairs of one decision are one match
  primary key (home, agency, their, our)
);
