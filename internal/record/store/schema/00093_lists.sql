-- +goose NO TRANSACTION
-- +goose Up

-- A list is counted by agency and type, with the rows below its entries, from the
-- index alone.
create index concurrently list_version_counted on list_version (home, list, agency, type, region, ended, from_day, until_day, part1, part2, part3, part4, part5, part6);

-- The entries that name an item.
-- +sqlite
create index list_version_item on list_version (home, list, json_extract(content, '$.item')) where json_extract(content, '$.item') is not null;
-- +postgres
create index concurrently list_version_item on list_version (home, list, (content::jsonb ->> 'item')) where content::jsonb ->> 'item' is not null;
-- +both
