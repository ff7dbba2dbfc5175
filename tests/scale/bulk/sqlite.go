package bulk

import (
	"context"
	"strings"

	"tongban/internal/record/store"
)

// inSQLite writes through the store's one writer.
type inSQLite struct{ s *store.Store }

func (x *inSQLite) write(ctx context.Context, _ int, rows map[*table][][]any) error {
	return x.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		for t, list := range rows {
			tx.PutRows(`insert into `+t.name+`(`+strings.Join(t.columns, ", ")+`)`, list)
		}
		return nil
	})
}

func (x *inSQLite) close(context.Context, bool) error { return nil }
