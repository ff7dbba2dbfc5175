package catalog

import "tongban/internal/register/lists"

// Served is the service of an intermediary that makes a material, as its list
// tells it on the day for which the version was read.
type Served struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Who   string `json:"who"`
	Days  int64  `json:"days"`  // working days
	Price string `json:"price"` // market, government, free
}

func servedBy(e lists.Entry) *Served {
	c := e.Content.Columns
	days, _ := c["days"].(int64)
	return &Served{Code: e.Code, Name: e.Name, Who: c.Text("who"), Days: days, Price: c.Text("price")}
}
