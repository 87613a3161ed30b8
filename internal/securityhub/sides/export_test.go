package sides

// Questions are the cases of docs/fidelity.md that a comparison knows.
var Questions = questions

// ControlOf is the control of one of them.
func (q *question) ControlOf() string { return q.control }
