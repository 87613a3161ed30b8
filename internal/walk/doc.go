// Package walk holds the test that goes with one finding from the day it is
// found to the day it is resolved, by the commands that people would type.
package walk
