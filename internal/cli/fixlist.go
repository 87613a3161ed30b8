package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
)

// listedRun is one run of the folder of journals.
type listedRun struct {
	Run      string    `json:"run"`
	Begun    time.Time `json:"begun"`
	State    string    `json:"state"` // "open", "done", "undone", "partly-undone", "nothing-done"
	Account  string    `json:"account"`
	Region   string    `json:"region"`
	Findings []string  `json:"findings"` // control and resource
	// Unrecorded are the stores, by their addresses without passwords, that are
	// still to be told what the run did; "kumoban.db" is the one beside the journals.
	Unrecorded []string `json:"unrecorded,omitempty"`
}

func (p *program) fixList() *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use: "list", Short: p.text("fix.list.short"), Long: p.text("fix.list.long"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.settle(c); err != nil {
				return err
			}
			dir, err := f.runs(p)
			if err != nil {
				return err
			}
			kept := p.witness(c, f, "fix.list", dir, &app.FixOptions{})
			defer kept.close()
			kept.settle(c.Context(), "")
			list, err := p.listRuns(dir)
			if err != nil {
				return err
			}
			return p.either(f.format, func(w io.Writer) error { return p.writeRuns(w, dir, list) }, func(w io.Writer) error {
				e := json.NewEncoder(w)
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				return e.Encode(struct {
					SchemaVersion int         `json:"schemaVersion"`
					Runs          []listedRun `json:"runs"`
				}{plan.SchemaVersion, list})
			})
		},
	}
	c.Flags().StringVar(&f.store, "store", "", p.text("flag.store"))
	c.Flags().BoolVar(&f.noStore, "no-store", false, p.text("flag.noStoreRun"))
	c.Flags().String("config", "", p.text("flag.config"))
	c.Flags().StringVar(&f.dir, "state-dir", "", p.text("flag.fix.stateDir"))
	c.Flags().StringVar(&f.format, "format", "text", p.text("flag.listFormat"))
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, p.text("flag.quiet"))
	return c
}

// listRuns reads the runs of a folder, latest first. A damaged one is said.
func (p *program) listRuns(dir string) ([]listedRun, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, locale.Errorf("cli.cannotRead", locale.A("file", dir), locale.A("error", locale.Cause(err)))
	}
	list := []listedRun{}
	for _, e := range slices.Backward(entries) {
		if !e.IsDir() && !execute.IsRunName(e.Name()) {
			continue // none of ours
		}
		j, err := execute.ReadJournal(dir, e.Name())
		if err != nil {
			p.tell("cli.fix.list.unread", locale.A("run", locale.Clean(e.Name())), locale.A("error", p.explain(err)))
			continue
		}
		list = append(list, listed(j, e))
	}
	return list, nil
}

func listed(j *execute.Journal, e fs.DirEntry) listedRun {
	run := listedRun{Run: j.Run, State: runState(j), Account: j.Plan.Account, Region: j.Plan.Region, Findings: []string{}}
	if info, err := e.Info(); err == nil {
		run.Begun = info.ModTime().UTC()
	}
	if begun, err := time.Parse("20060102-150405", j.Run[:15]); err == nil { // a run is named by its beginning
		run.Begun = begun
	}
	for i := range j.Plan.Fixes {
		run.Findings = append(run.Findings, j.Plan.Fixes[i].Control+" "+j.Plan.Fixes[i].Resource.Name)
	}
	for _, d := range j.Debts() {
		if store := cmp.Or(d.Store, storeName); !slices.Contains(run.Unrecorded, store) {
			run.Unrecorded = append(run.Unrecorded, store)
		}
	}
	return run
}

// runState sums up what became of a run's steps.
func runState(j *execute.Journal) string {
	n := map[execute.Event]int{}
	for i := range j.Plan.Steps {
		n[j.Last(j.Plan.Steps[i].ID).Event]++
	}
	undone := n[execute.Undone] + n[execute.Kept]
	switch {
	case j.Decided():
		return "undone"
	case undone > 0 && n[execute.Done]+n[execute.Began] > 0:
		return "partly-undone"
	case undone > 0:
		return "undone"
	case n[execute.Began]+n[execute.Refused]+n[""] > 0:
		return "open"
	case n[execute.Done] == 0:
		return "nothing-done"
	}
	return "done"
}

func (p *program) writeRuns(w io.Writer, dir string, list []listedRun) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, p.phrase("cli.fix.list.none", locale.A("dir", dir)))
		return err
	}
	for _, run := range list {
		for _, store := range run.Unrecorded {
			p.warn("keep.runOwed", locale.A("run", run.Run), locale.A("where", store))
		}
		_, err := fmt.Fprintln(w, p.phrase("cli.fix.list.run", locale.A("run", run.Run), locale.A("begun", run.Begun.Format(time.RFC3339)),
			locale.A("state", p.text("fix.list.state."+run.State)), locale.A("account", run.Account), locale.A("region", run.Region),
			locale.A("findings", strings.Join(run.Findings, ", "))))
		if err != nil {
			return err
		}
	}
	return nil
}
