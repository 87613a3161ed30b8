package story

import (
	"sync"
	"time"
)

// clock is the time of the story. It stands still but where somebody moves it, so
// that the same story has the same times; once all is told it is the present's.
type clock struct {
	mu      sync.Mutex
	at      time.Time
	present func() time.Time // nil while the story is told
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.present != nil {
		return c.present()
	}
	return c.at
}

// pass lets time go by.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// set moves the clock on, never back.
func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}

// arrive ends the story: from then on the clock is another.
func (c *clock) arrive(present func() time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.present = present
}
