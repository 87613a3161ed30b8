package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// Lot draws a sample without replacement: those whose hash with the seed is the
// smallest. Whoever knows the seed draws the same of the same names, in any order, and
// can do so by hand: the SHA-256 of the seed, a zero byte and the name.
type Lot struct {
	seed  []byte
	n, of int
	drawn []ticket // ascending
}

type ticket struct {
	hash [sha256.Size]byte
	name string
}

// NewLot makes a lot that draws n names.
func NewLot(seed string, n int) *Lot {
	return &Lot{seed: append([]byte(seed), 0), n: n}
}

// Add puts a name into the lot, once each. It tells whether the name is drawn, so far,
// and which one goes out for it; "" is none.
func (l *Lot) Add(name string) (out string, in bool) {
	l.of++
	t := ticket{sha256.Sum256(append(slices.Clip(l.seed), name...)), name}
	if len(l.drawn) == l.n && before(&l.drawn[l.n-1], &t) {
		return "", false
	}
	at, _ := slices.BinarySearchFunc(l.drawn, t, func(a, b ticket) int {
		if before(&a, &b) {
			return -1
		}
		return 1
	})
	l.drawn = slices.Insert(l.drawn, at, t)
	if len(l.drawn) > l.n {
		out = l.drawn[l.n].name
		l.drawn = l.drawn[:l.n]
	}
	return out, true
}

func before(a, b *ticket) bool {
	x, y := binary.BigEndian.Uint64(a.hash[:]), binary.BigEndian.Uint64(b.hash[:])
	if x != y {
		return x < y
	}
	return strings.Compare(string(a.hash[:]), string(b.hash[:])) < 0
}

// Of is how many names were put into the lot.
func (l *Lot) Of() int { return l.of }

// Drawn are the names that are drawn, in the order of their hashes.
func (l *Lot) Drawn() []string {
	names := make([]string, len(l.drawn))
	for i := range l.drawn {
		names[i] = l.drawn[i].name
	}
	return names
}
