package catalog

// Call puts what agencies are called in the place of their keys, for those who read.
func (d Difference) Call(name func(key string) (string, error)) (err error) {
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Key != "agency" {
			continue
		}
		if f.Before, err = name(f.Before); err != nil {
			return err
		}
		if f.After, err = name(f.After); err != nil {
			return err
		}
	}
	return nil
}
