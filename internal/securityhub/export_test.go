package securityhub

// AsFinding is what a record is to the ASFF writer.
var AsFinding = asFinding

// Questions are the cases of docs/fidelity.md that a comparison knows.
var Questions = questions

// ControlOf is the control of one of them.
func (q *question) ControlOf() string { return q.control }

// Cut shortens a note.
var Cut = cut
