-- +goose Up

-- An order that running cases of an item be moved to another of its versions, on
-- one article for all: of the head of an agency for cases that were named, or of an
-- adjustment for all that run on the day on which it takes effect.
create table move_order (
  home       bigint  not null,
  id         bigint  not null,
  item       bigint  not null,
  to_version bigint  not null,   -- 0: the one in force when the order is carried out
  article    text    not null,
  reason     text    not null,
  ordered_by bigint  not null,
  agency     text    not null,   -- of the post in which it was ordered
  post       text    not null,
  adjustment bigint  not null,   -- that it follows from, 0 for none
  document   text    not null,   -- its number
  from_day   integer not null,   -- on which it begins
  state      text    not null,   -- waiting, running, done
  ordered    bigint  not null,
  ended      bigint  not null,
  primary key (home, id)
);
create index move_order_item on move_order (home, item, id);
create index move_order_adjustment on move_order (home, adjustment, item) where adjustment > 0;

-- What became of each case of an order.
create table move_line (
  home   bigint not null,
  moves  bigint not null,        -- the order
  matter bigint not null,
  state  text   not null,        -- waiting, moved, refused
  why    text   not null,        -- why it was refused
  at     bigint not null,
  primary key (home, moves, matter)
);
create index move_line_state on move_line (home, moves, state, matter);
