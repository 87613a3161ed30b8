package control

import (
	"io/fs"
	"path"
)

// In gives the controls of a service's package their texts and cases, which stand
// in a folder each below the package's own.
func In(files fs.FS, controls ...*Control) []*Control {
	for _, c := range controls {
		c.Files = below{files, c.Folder}
	}
	return controls
}

// below is the part of a file system under a folder. Unlike [fs.Sub] it cannot fail
// before a file is asked for.
type below struct {
	files  fs.FS
	folder string
}

// Open opens a file by its name below the folder.
func (b below) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return b.files.Open(path.Join(b.folder, name))
}

// Ask makes questions that are answered by yes or no.
func Ask(keys ...string) []Question {
	questions := make([]Question, len(keys))
	for i, key := range keys {
		questions[i] = Question{Key: key, Kind: YesNo}
	}
	return questions
}

// AskDays makes a question that is answered by a number of days.
func AskDays(key string) Question { return Question{Key: key, Kind: Number, Unit: Days} }
