-- +goose NO TRANSACTION
-- +goose Up

-- The proceedings of a year by the day of their acceptance.
create index concurrently proceeding_accepted on proceeding (home, kind, accepted, id) where accepted > 0;
