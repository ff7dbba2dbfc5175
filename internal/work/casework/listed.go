package casework

import (
	"tongban/internal/record/act"
	"tongban/internal/register/lists"
)

// mayDemand tells whether a material of the case may be asked for today: one that
// a service of an intermediary makes only while the service is on its list, for
// this item (优化营商环境条例 43). The refusal names the article.
func (m *matter) mayDemand(key string) error {
	for _, x := range m.v.Materials {
		if x.Key == key && x.Intermediary != "" {
			_, err := lists.Intermediary(m.c.Tx, m.v.Code, x.Intermediary, m.c.Today())
			return err
		}
	}
	return nil
}

// waive gives up a material that may no longer be asked for; false where it may.
func (m *matter) waive(x *MaterialIn) (bool, error) {
	err := m.mayDemand(x.Key)
	if act.KindOf(err) != act.Refused {
		return false, err
	}
	x.State = MaterialWaived
	return true, nil
}
