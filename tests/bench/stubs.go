package main

import "context"

func (b *bench) public(ctx context.Context) error { return nil }
func (b *bench) ledger(ctx context.Context) error { return nil }
func (b *bench) size(ctx context.Context) error   { return nil }
