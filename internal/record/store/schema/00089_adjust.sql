-- +goose Up

-- The article on which the running cases of a changed item are moved to its new
-- version when the adjustment takes effect; '': they end under the one they began with.
alter table adjustment_entry add column moves text not null default '';
