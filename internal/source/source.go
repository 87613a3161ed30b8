// Package source is the contract between those who see resources and those who
// judge them.
package source

import "github.com/kumoban/kumoban/internal/resource"

// Kind tells what of an account and Region a scope holds.
type Kind uint8

// The kinds of scopes.
const (
	// Regional is what lies in the Region.
	Regional Kind = iota
	// Wide is what is the account's, whatever the Region. There is one in an account,
	// under the partition's own Region, whether or not that is looked at otherwise.
	Wide
)

// Sink takes what a source sees. Accounts and Regions are looked at side by
// side, so its methods are called from several goroutines.
type Sink interface {
	// Account names an account before any of its scopes.
	Account(resource.Account)
	// Scope opens one account and Region.
	Scope(resource.Scope, Kind) ScopeSink
}

// ScopeSink takes one account and Region, from one goroutine at a time. An
// error from it ends the run.
type ScopeSink interface {
	// Unit takes a unit, in the order of the source's listings.
	Unit(resource.Unit) error
	// Gap takes something beside any unit that could not be read.
	Gap(resource.Gap) error
	// End says that all listings were asked for, whether or not they answered.
	End() error
}
