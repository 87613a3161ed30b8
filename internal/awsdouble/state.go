package awsdouble

// State returns all that an account holds as one JSON value, to compare what
// was there before with what is there after. An account that does not exist
// holds nothing.
func (d *Double) State(account string) ([]byte, error) { return d.world.Account(account).State() }
