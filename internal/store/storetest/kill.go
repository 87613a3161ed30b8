package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// EnvSave names a store: a test binary that finds it calls SaveUntilKilled
// instead of its tests.
const EnvSave = "KUMOBAN_TEST_SAVE_INTO"

// scanSize is how many records each scan adds; it touches those of the one before.
const scanSize = 80

// stages are what the saving process says, in order, with the number of the scan.
func stages() []string {
	return []string{"opening", "opened", "begun", "inserted", "touched", "sealed", "done"}
}

func scanned(scan int64) []lifecycle.Record {
	list := Records(uint64(scan), scanSize)
	for i := range list {
		list[i].ID, list[i].FirstScan, list[i].LastScan = fmt.Sprintf("%016x%016x", scan, i), scan, scan
	}
	return list
}

// SaveUntilKilled saves scan after scan and says what it does.
func SaveUntilKilled(out io.Writer, open func() (store.Store, error)) error {
	say := func(stage string, scan int64) { fmt.Fprintln(out, stage, scan) }
	say("opening", 0)
	s, err := open()
	if err != nil {
		return err
	}
	say("opened", 0)
	for {
		var scan int64
		ctx := context.Background()
		err := s.Update(ctx, func(w store.Writer) (err error) {
			if scan, err = w.AddScan(ctx, store.Scan{}); err != nil {
				return err
			}
			say("begun", scan)
			list := scanned(scan)
			err = errors.Join(w.Insert(ctx, list[:scanSize/2]), w.Insert(ctx, list[scanSize/2:]))
			say("inserted", scan)
			if scan > 1 {
				err = errors.Join(err, w.Touch(ctx, ids(scanned(scan-1)), Start(), scan))
			}
			say("touched", scan)
			err = errors.Join(err, w.AddEvents(ctx, []lifecycle.Event{{Finding: list[0].ID, Kind: lifecycle.EventNote, Scan: scan}}))
			_, sealErr := w.Append(ctx, audit.Entry{At: Start(), Action: "scan", Subject: fmt.Sprint(scan)})
			say("sealed", scan)
			return errors.Join(err, sealErr)
		})
		if err != nil {
			return err
		}
		say("done", scan)
	}
}

// Kill starts processes that save into a store and ends each by SIGKILL, at a
// moment of a chosen stage: after each, the store opens, holds every scan that
// was acknowledged and none in part.
func Kill(t *testing.T, address string, times int, open func() (store.Store, error)) {
	r := rand.New(rand.NewPCG(9, 9))
	var acknowledged int64
	survived, whole := 0, 0 // scans that were saved though nobody said so, and those that were not
	for i := range times {
		stage := pick(r, stages()...)
		if i%3 == 0 {
			stage = "sealed" // the commit comes next
		}
		delay := time.Duration(r.IntN(4000)) * time.Microsecond
		said, err := killed(t, address, stage, r.IntN(2), delay)
		if err != nil {
			t.Fatal(err)
		}
		last, begun := acknowledged, int64(0)
		for _, line := range said {
			var what string
			var scan int64
			if _, err := fmt.Sscan(line, &what, &scan); err == nil && what == "done" {
				acknowledged = scan
			} else if what == "begun" {
				begun = scan
			}
		}
		found := Intact(t, open)
		if found < acknowledged || found > max(acknowledged, begun) || acknowledged < last {
			t.Fatalf("kill %d at %q: %d scans, %d acknowledged, %d begun", i, stage, found, acknowledged, begun)
		}
		if begun > acknowledged && found == begun {
			survived++
		} else if begun > acknowledged {
			whole++
		}
		acknowledged = found
	}
	t.Logf("%d kills, %d scans saved; of those cut off %d were whole and %d were not there", times, acknowledged, survived, whole)
	if whole == 0 {
		t.Error("no save was cut off")
	}
}

// killed runs one process until it has said stage so many times, and a moment longer.
func killed(t *testing.T, address, stage string, rounds int, delay time.Duration) (said []string, err error) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := os.StartProcess(self, []string{self}, &os.ProcAttr{Env: append(os.Environ(), EnvSave+"="+address), Files: []*os.File{nil, write, os.Stderr}})
	if err := errors.Join(err, write.Close()); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(read)
	for lines.Scan() {
		said = append(said, lines.Text())
		if strings.HasPrefix(lines.Text(), stage+" ") {
			if rounds--; rounds < 0 || slices.Index(stages(), stage) < 2 {
				break
			}
		}
	}
	time.Sleep(delay)
	if err := p.Kill(); err != nil {
		return nil, fmt.Errorf("it ended by itself after %v: %w", said, err)
	}
	_, err = p.Wait()
	for lines.Scan() { // said before it died
		said = append(said, lines.Text())
	}
	return said, errors.Join(err, lines.Err())
}

// Intact opens the store and returns how many scans it holds, all of them whole.
func Intact(t *testing.T, open func() (store.Store, error)) (scans int64) {
	t.Helper()
	s, err := open()
	if err != nil {
		t.Fatalf("after a kill the store does not open: %v", err)
	}
	// As the writer: what a server still does for the process that is gone comes before.
	update(t, s, func(ctx context.Context, w store.Writer) error {
		list, err := w.Scans(ctx, 1)
		if err != nil || len(list) == 0 {
			return err
		}
		scans = list[0].ID
		n, err := w.Count(ctx, store.Filter{})
		Same(t, "records", int64(n), scans*scanSize)
		for _, scan := range []int64{scans - 1, scans} {
			if scan == 0 {
				continue
			}
			records, recordsErr := w.Records(ctx, ids(scanned(scan)))
			want := scanned(scan)
			for i := range want {
				if want[i].LastScan = scans; scan < scans {
					want[i].LastSeen = Start()
				}
			}
			slices.SortFunc(records, byID)
			Same(t, fmt.Sprintf("records of scan %d", scan), records, want)
			events, eventsErr := w.History(ctx, want[0].ID)
			Same(t, "events", len(events), 1)
			err = errors.Join(err, recordsErr, eventsErr)
		}
		return err
	})
	Whole(t, s, int(scans))
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return scans
}
