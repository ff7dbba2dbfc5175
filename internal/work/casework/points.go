package casework

import (
	"slices"
	"strconv"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
)

// checkPoints keeps which review points of the work manual an official ticked off
// for a task. They are named by the keys of the item's version that the case
// pinned; a key that the task's part does not have is Invalid.
func (m *matter) checkPoints(t *proceeding.Task, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	var known []string
	for _, p := range m.v.PointsFor(t.Part, t.Role) {
		known = append(known, p.Key)
	}
	var ticked []string
	for _, k := range known {
		if slices.Contains(keys, k) {
			ticked = append(ticked, k)
		}
	}
	if len(ticked) != len(keys) {
		return act.Wrong("casework.points.unknown")
	}
	if m.f.Facts.Points == nil {
		m.f.Facts.Points = map[string][]string{}
	}
	m.f.Facts.Points[strconv.FormatInt(t.ID, 10)] = ticked
	m.points = ticked
	return nil
}

// PointsOf are the review points that were ticked off for a task.
func (f *Facts) PointsOf(task int64) []string { return f.Points[strconv.FormatInt(task, 10)] }
