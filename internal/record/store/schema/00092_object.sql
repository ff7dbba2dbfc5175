-- +goose NO TRANSACTION
-- +goose Up

-- The answered objections that still say who made them.
create index concurrently objection_kept on objection (home, id) where outcome <> '' and erased = 0;
