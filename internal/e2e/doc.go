// Package e2e holds the tests that run the built kumoban program against moto, and compare what it reports
// with an oracle of its own: a Python script that reads the same account with boto3.
package e2e
