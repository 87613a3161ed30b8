// Package fixproof holds the tests that prove fixes from outside: for every
// control a finding is planned, applied, looked at again and undone with the
// real SDK, and the same change is made by other hands, with the real aws
// command and the real terraform, from what kumoban prints. Accounts are
// moto's; what moto cannot express is proved on the double.
package fixproof
