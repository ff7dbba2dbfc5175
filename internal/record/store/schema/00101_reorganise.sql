-- +goose Up

-- The English name of an agency that is renamed or begins; '' is none.
alter table reorganisation_agency add column name_en text not null default '';
