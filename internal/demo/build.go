package demo

import (
	"context"
	"errors"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Options are those of a demonstration's house in a folder; database "" is
// SQLite there.
func Options(dir, database string) house.Options {
	return house.Options{Dir: dir, Database: database, Region: Region, Remedies: Remedies(), Sample: true}
}

// Build founds the county in an empty house, plays its year and leaves some
// adjustments of the lists and objections to them under way, without flushing to
// the disk on the way: a building that was broken off is begun
// again in an empty folder. o.Clock is made here. The house is closed after it;
// Reopen opens it for work.
func Build(ctx context.Context, o house.Options, play Play) (_ *Played, err error) {
	play.Clock = NewClock(Founded)
	o.Clock, o.Rand, o.NoSync = play.Clock.Now, Randomness(play.Seed), true
	h, err := house.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	c, err := Found(ctx, h, play.Progress)
	if err != nil {
		return nil, err
	}
	if err := FoundLists(ctx, h, play.Progress); err != nil {
		return nil, err
	}
	played, err := Year(ctx, h, c, play)
	if err != nil {
		return nil, err
	}
	if err := FoundAdjustments(ctx, h); err != nil {
		return nil, err
	}
	if err := FoundObjections(ctx, h); err != nil {
		return nil, err
	}
	return played, errors.Join(checkedUp(ctx, h, c), h.CatchUp(ctx))
}

// checkedUp has the whole catalogue checked once, as its keepers find it in the
// morning on which the demonstration begins.
func checkedUp(ctx context.Context, h *house.House, c *County) error {
	keeper, err := c.Actor(ctx, "zfb_catalogue_1")
	if err != nil {
		return err
	}
	_, err = h.Checkup.Check(ctx, keeper, "")
	return explained(err)
}

// Reopen opens a house in which the county was built, with a clock that runs:
// from Start, or from the last act when the demonstration ran before.
func Reopen(ctx context.Context, o house.Options) (*house.House, *County, error) {
	clock := NewClock(Start)
	o.Clock = clock.Now
	h, err := house.Open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	last, err := lastAct(ctx, h.Store)
	if err == nil {
		clock.Set(last)
		clock.Run()
		var c *County
		if c, err = Find(ctx, h); err == nil {
			return h, c, nil
		}
	}
	return nil, nil, errors.Join(err, h.Close())
}

// lastAct is when the last act was recorded.
func lastAct(ctx context.Context, s *store.Store) (at day.Instant, err error) {
	err = s.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&at}, `select coalesce(max(at), 0) from event where home = $1`, tx.Home())
		return err
	})
	return at, err
}
