// Package guide reads the guidance that a control carries in its folder and
// shows it: as a page of the documentation, in a terminal, as JSON. It also
// lists controls.
//
// A guide is guide.<lang>.md among the control's files: a title, then the
// sections of [SectionKeys] under their keys, which stand for headings of the
// catalogue. A line that consists of {{snippet NAME}} stands for the file
// snippets/NAME, which both languages share.
package guide

//go:generate go run ../tool/docsgen ../..
