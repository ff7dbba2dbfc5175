-- +goose NO TRANSACTION
-- +goose Up

-- What runs, by item and version.
create index concurrently proceeding_running_item on proceeding (home, kind, item, item_version, agency, id) where closed = 0;
