-- +goose Up

-- A file that somebody handed in. Its content lies sealed on a shelf (a folder,
-- or file_blob below) under ref, the keyed hash of key and content.
create table attachment (
  home        bigint not null,
  id          bigint not null,
  owner_kind  text   not null,   -- case, draft, …
  owner       bigint not null,
  slot        text   not null,   -- what it was handed in for: the key of a material
  name        bytea  not null,   -- sealed
  type        text   not null,   -- by content: pdf jpg png docx xlsx ofd
  size        bigint not null,   -- bytes
  fingerprint bytea  not null,   -- keyed hash of the content
  content     bytea  not null,   -- sealed: which content this is, so that rows cannot be exchanged
  key         bigint not null,   -- data key of name and content
  ref         text   not null,
  created     bigint not null,   -- instant
  primary key (home, id)
);

create index attachment_owner on attachment (home, owner_kind, owner, slot, id);
create index attachment_ref on attachment (home, ref);

-- Content kept in the database. ref is empty while it is being written.
create table file_blob (
  home    bigint  not null,
  id      bigint  not null,
  ref     text    not null default '',
  frames  integer not null default 0,
  touched bigint  not null,      -- instant: written, or found again
  primary key (home, id)
);

create index file_blob_ref on file_blob (home, ref);
create index file_blob_touched on file_blob (home, touched);

-- The sealed frames of a blob: 0 is its head, then 64 KiB of content each.
create table file_frame (
  home   bigint  not null,
  blob   bigint  not null,
  n      integer not null,
  sealed bytea   not null,
  primary key (home, blob, n)
);
