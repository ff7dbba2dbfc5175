-- +goose Up

-- A value that changes with every change of the facts named: who remembers such
-- facts compares it first. Values are random, so that one is never met twice.
create table register_epoch (
  home bigint not null,
  name text   not null,          -- staff, place, power
  n    bigint not null,
  primary key (home, name)
);

-- Regions of the home beyond the national table, or changed since; the row in
-- force on a day is the fact.
create table region (
  home      bigint  not null,
  code      text    not null,    -- GB/T 2260, 6 to 12 digits
  from_day  integer not null,
  until_day integer not null default 0,
  name      text    not null,
  parent    text    not null,
  primary key (home, code, from_day)
);

create table agency (
  home      bigint  not null,
  key       text    not null,    -- short and stable: scjg
  from_day  integer not null,
  until_day integer not null default 0,
  number    bigint  not null,    -- the same through all changes of name: owner of seal keys
  name      text    not null,
  short     text    not null,
  uscc      text    not null,
  region    text    not null,
  address   text    not null,
  phone     text    not null,
  level     text    not null,    -- county, township, …
  primary key (home, key, from_day)
);

-- A natural person. What identifies is sealed under the person's data key.
create table person (
  home        bigint not null,
  id          bigint not null,
  key_id      bigint not null,
  name        bytea  not null,
  name_index  bytea  not null,
  idno_kind   text   not null,   -- citizen, passport, …
  idno        bytea  not null,
  idno_index  bytea  not null,
  phone       bytea  not null,
  phone_index bytea  not null,
  birth       bytea  not null,
  address     bytea  not null,
  region      text   not null,
  grade       text   not null,   -- A to D: how well the identity is known
  created     bigint not null,
  primary key (home, id)
);
create unique index person_idno on person (home, idno_index);
create index person_name on person (home, name_index);
create index person_phone on person (home, phone_index);

-- A firm, an agency as applicant, an organisation: public facts.
create table legal_person (
  home    bigint not null,
  id      bigint not null,
  key_id  bigint not null,       -- for what is known about it without being public
  name    text   not null,
  uscc    text   not null,
  kind    text   not null,       -- enterprise, individual, agency, organisation
  region  text   not null,
  address text   not null,
  phone   text   not null,
  grade   text   not null,
  created bigint not null,
  primary key (home, id)
);
create unique index legal_person_uscc on legal_person (home, uscc);
create index legal_person_name on legal_person (home, name);

-- agent may act for subject, a person or a legal person.
create table representation (
  home      bigint  not null,
  id        bigint  not null,
  agent     bigint  not null,
  subject   bigint  not null,
  role      text    not null,    -- legal_representative, agent, guardian, staff
  powers    text    not null,    -- rights between blanks, * is all
  document  text    not null,    -- number of the paper or file that shows it
  from_day  integer not null,
  until_day integer not null default 0,
  created   bigint  not null,
  primary key (home, id)
);
create index representation_agent on representation (home, agent);
create index representation_subject on representation (home, subject);

create table account (
  home        bigint  not null,
  id          bigint  not null,
  person      bigint  not null,
  login       bytea   not null,
  login_index bytea   not null,
  password    text    not null,  -- argon2id with its parameters and salt
  must_change boolean not null,
  totp        bytea   not null,  -- sealed secret, empty while not set up
  totp_next   bytea   not null,  -- sealed secret shown but not yet confirmed
  totp_step   bigint  not null default 0, -- last 30-second step used
  state       text    not null,  -- open, closed
  created     bigint  not null,
  primary key (home, id)
);
create unique index account_login on account (home, login_index);
create unique index account_person on account (home, person);

create table recovery_code (
  home    bigint not null,
  account bigint not null,
  digest  bytea  not null,
  primary key (home, account, digest)
);

create table session (
  home       bigint  not null,
  digest     bytea   not null,
  id         bigint  not null,
  account    bigint  not null,
  person     bigint  not null,
  state      text    not null,   -- second: the password was right, the code is awaited; open
  factor     boolean not null,   -- a second factor was shown
  agency     text    not null,   -- the post acted in: '' the first held, post 'self' none
  post       text    not null,
  stands_for bigint  not null,
  created    bigint  not null,
  seen       bigint  not null,
  primary key (home, digest)
);
create index session_account on session (home, account);
create index session_seen on session (home, seen);

create table staff_post (
  home      bigint  not null,
  id        bigint  not null,
  person    bigint  not null,
  agency    text    not null,
  post      text    not null,
  region    text    not null,    -- code prefix, '' everywhere
  from_day  integer not null,
  until_day integer not null default 0,
  primary key (home, id)
);
create index staff_post_person on staff_post (home, person);
create index staff_post_agency on staff_post (home, agency, post);
create unique index staff_post_open on staff_post (home, person, agency, post) where until_day = 0;

create table staff_leave (
  home      bigint  not null,
  id        bigint  not null,
  person    bigint  not null,
  stand_in  bigint  not null,
  from_day  integer not null,
  until_day integer not null,
  primary key (home, id)
);
create index staff_leave_person on staff_leave (home, person);
create index staff_leave_stand_in on staff_leave (home, stand_in);

-- Attempts to sign in, by keyed digest of account or source; forgotten when the
-- right password comes, or after a day.
create table failed_login (
  home     bigint not null,
  who      bytea  not null,
  n        bigint not null,
  last_at  bigint not null,
  until_at bigint not null,      -- no attempt before this
  primary key (home, who)
);
create index failed_login_age on failed_login (home, last_at);

-- What is known about a person or legal person, by data element: for filling in.
create table known_value (
  home    bigint  not null,
  id      bigint  not null,
  subject bigint  not null,
  element text    not null,
  grade   text    not null,
  value   bytea   not null,
  source  text    not null,
  as_of   integer not null,
  primary key (home, id)
);
create unique index known_value_place on known_value (home, subject, element, grade);
