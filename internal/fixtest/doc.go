// Package fixtest holds the tests that plan, apply, resume and undo fixes with
// the whole command against the double of AWS, and compare all that the double
// holds before and after: nothing but what was planned may have changed,
// whatever is killed, refused or given wrongly.
package fixtest
