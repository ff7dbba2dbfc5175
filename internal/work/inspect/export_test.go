package inspect

// OnSaid has f called whenever it was said how far an ordered check is.
func (d *Desk) OnSaid(f func()) { d.said = f }
