package view

import (
	"cmp"
	"io"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
)

// Settings writes what is decided on a store, and what each setting is for: one,
// or, without a name, all.
func (v *View) Settings(w io.Writer, values map[string]string, name string) error {
	var text []string
	for _, s := range asked(values, name) {
		key := "settings.default"
		if values[s.Name] != "" {
			key = "settings.set"
		}
		text = append(text, v.say(key, locale.A("name", s.Name), locale.A("value", locale.Clean(cmp.Or(values[s.Name], s.Default)))), "  "+v.Catalog.Text("policy.is."+s.Kind()))
	}
	return lines(w, text...)
}

func asked(values map[string]string, name string) []policy.Setting {
	if s, err := policy.Find(name); err == nil {
		return []policy.Setting{s}
	}
	return policy.Listed(values)
}

// SettingsJSON writes them for machines.
func (v *View) SettingsJSON(w io.Writer, values map[string]string, name string) error {
	return writeJSON(w, v.SettingsBody(values, name))
}

type settingJSON struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Default bool   `json:"default"` // nobody decided it
}

// SettingsBody are what the store decides for all who work on it.
type SettingsBody struct {
	SchemaVersion int           `json:"schemaVersion"`
	Settings      []settingJSON `json:"settings"`
}

// SettingsBody has the setting of a name, or all.
func (v *View) SettingsBody(values map[string]string, name string) SettingsBody {
	out := SettingsBody{SchemaVersion: schemaVersion}
	for _, s := range asked(values, name) {
		out.Settings = append(out.Settings, settingJSON{s.Name, cmp.Or(values[s.Name], s.Default), values[s.Name] == ""})
	}
	return out
}
