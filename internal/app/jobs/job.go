package jobs

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Waiting   State = "waiting"   // for a worker, for its lane, or to be tried again
	Running   State = "running"   // somebody works on it
	Done      State = "done"      // it has its result
	Failed    State = "failed"    // its fault says why
	Stopped   State = "stopped"   // somebody stopped it; what it had done by then stays
	Attention State = "attention" // a person has to decide: its fault says what goes on
)

// States lists them.
func States() []State { return []State{Waiting, Running, Done, Failed, Stopped, Attention} }

// Ended tells whether nothing becomes of it by itself any more.
func (s State) Ended() bool { return s != Waiting && s != Running }

// Said is a sentence as a job keeps it, for readers of every language.
type Said struct {
	Key   string                 `json:"key"`
	Texts map[locale.Lang]string `json:"texts"`
}

// Say makes one.
func Say(m locale.Message) *Said {
	s := &Said{m.Key, map[locale.Lang]string{}}
	for _, lang := range locale.Langs() {
		if c, err := locale.New(lang); err == nil {
			s.Texts[lang] = c.Text(m.Key, append(slices.Clip(m.Args), locale.A("store", ""))...)
		}
	}
	return s
}

// Progress is how far a job is.
type Progress struct {
	Done  int   `json:"done"`
	Total int   `json:"total"` // 0: nobody knows yet
	Said  *Said `json:"said,omitempty"`
}

// Job is work that takes long, as it is kept.
type Job struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	State    State           `json:"state"`
	By       string          `json:"by"` // the id of the subject for whom it runs
	Lane     string          `json:"lane"`
	Request  json.RawMessage `json:"request"`
	Cursor   json.RawMessage `json:"cursor,omitempty"` // where it goes on
	Progress Progress        `json:"progress"`
	Result   json.RawMessage `json:"result,omitempty"`
	Fault    *Said           `json:"fault,omitempty"`
	Notices  []Said          `json:"notices,omitempty"` // what is to be told beside the result
	Created  time.Time       `json:"created"`
	Started  time.Time       `json:"started"` // when it was first worked on; zero: not yet
	Updated  time.Time       `json:"updated"`
	Ended    time.Time       `json:"ended"` // zero: not yet

	Tries  int       `json:"tries,omitempty"`  // in a row that failed for what passes
	NotYet time.Time `json:"notYet"`           // when it is tried again, while it waits
	Holder string    `json:"holder,omitempty"` // the runner that works on it
	Until  time.Time `json:"until"`            // when that runner counts as dead, unless it says more
	Stop   bool      `json:"stop,omitempty"`   // somebody wants it stopped
}

// item is the job as the store has it: the list is in the order in which jobs were
// made, and old ones are forgotten by that.
func (j *Job) item() (store.Item, error) {
	doc, err := json.Marshal(j)
	return store.Item{Kind: store.ItemJob, ID: j.ID, State: string(j.State), About: j.Lane, Due: j.Created, Doc: doc}, err
}

func jobOf(i *store.Item) (j Job, err error) {
	err = json.Unmarshal(i.Doc, &j)
	return j, err
}

func read(ctx context.Context, r store.Reader, id string) (Job, error) {
	i, err := r.Item(ctx, store.ItemJob, id)
	if err != nil {
		return Job{}, err
	}
	return jobOf(&i)
}

func write(ctx context.Context, w store.Writer, j *Job) error {
	i, err := j.item()
	if err != nil {
		return err
	}
	return w.PutItem(ctx, i)
}

// ends brings a job to an end, or back into the queue.
func (j *Job) ends(s State, fault *Said, now time.Time) {
	j.State, j.Fault, j.Updated, j.Holder, j.Until = s, fault, now, "", time.Time{}
	if s.Ended() {
		j.Ended, j.Stop, j.NotYet = now, false, time.Time{}
	}
}
