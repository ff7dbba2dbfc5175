-- +goose Up

-- An agency holds a power from one day to another: its own by the list of
-- powers, delegated (放权) or by agreement (赋权协议) from another agency.
create table power_holding (
  home      bigint  not null,
  id        bigint  not null,
  power     text    not null,    -- implementation code, base code, or the code of the list
  agency    text    not null,
  kind      text    not null,    -- own, delegated, agreement
  giver     text    not null,    -- agency it comes from, '' when own
  basis     text    not null,    -- article or number of the document
  from_day  integer not null,
  until_day integer not null default 0,
  withdrawn bigint  not null default 0, -- instant of withdrawal, 0 while it was not
  reason    text    not null default '',
  primary key (home, id)
);
create index power_holding_power on power_holding (home, power, agency);
create index power_holding_agency on power_holding (home, agency);
create unique index power_holding_open on power_holding (home, power, agency) where until_day = 0 and withdrawn = 0;

-- An officer of an agency is assigned to decide on a power, or on all ('*').
create table officer_assignment (
  home      bigint  not null,
  id        bigint  not null,
  person    bigint  not null,
  agency    text    not null,
  power     text    not null,
  from_day  integer not null,
  until_day integer not null default 0,
  primary key (home, id)
);
create index officer_assignment_person on officer_assignment (home, person, agency);
create unique index officer_assignment_open on officer_assignment (home, person, agency, power) where until_day = 0;
