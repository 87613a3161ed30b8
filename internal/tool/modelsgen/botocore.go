package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// model is botocore's of a service; what is not read here is left out.
type model struct {
	Metadata struct {
		APIVersion, EndpointPrefix, SigningName, ServiceID, Protocol, JSONVersion, TargetPrefix, XMLNamespace string
		Protocols                                                                                             []string
		AwsQueryCompatible                                                                                    *struct{}
	}
	Operations map[string]operation
	Shapes     map[string]definition
}

type operation struct {
	HTTP struct {
		Method, RequestURI string
		ResponseCode       int
	}
	Input, Output        *reference
	Endpoint             struct{ HostPrefix string }
	HTTPChecksumRequired bool
	HTTPChecksum         struct{ RequestChecksumRequired bool }
}

// traits are what says how a shape goes over the wire: its own, or those of the
// place where it is used, which come first.
type traits struct {
	LocationName, QueryName, Location, TimestampFormat, ResultWrapper string
	Flattened, XMLAttribute, JSONValue, IdempotencyToken, HostLabel   bool
	XMLNamespace                                                      json.RawMessage
}

type reference struct {
	Shape string
	traits
}

type definition struct {
	traits
	Type               string
	Members            ordered
	Required           []string
	Member             *reference
	Key, Value         *reference
	Payload            string
	Union, Document    bool
	Event, EventStream bool
}

// ordered keeps members in the model's order, which XML bodies are sent in.
type ordered []member

type member struct {
	name string
	reference
}

// UnmarshalJSON reads an object in its order.
func (o *ordered) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		m := member{name: fmt.Sprint(name)}
		if err := d.Decode(&m.reference); err != nil {
			return err
		}
		*o = append(*o, m)
	}
	return nil
}

type pagers struct {
	Pagination map[string]struct {
		InputToken  texts  `json:"input_token"`
		OutputToken texts  `json:"output_token"`
		ResultKey   texts  `json:"result_key"`
		MoreResults string `json:"more_results"`
		LimitKey    string `json:"limit_key"`
	}
}

// texts is one text, or several.
type texts []string

// UnmarshalJSON reads either form.
func (t *texts) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// load reads the newest version of a service's file; none is no error where the
// service has no such file.
func load(data, service, file string, into any) error {
	found, err := filepath.Glob(filepath.Join(data, service, "*", file+"*"))
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(path string) bool {
		name := filepath.Base(path)
		return name != file && name != file+".gz"
	})
	if len(found) == 0 {
		return fmt.Errorf("%s/*/%s: %w", service, file, fs.ErrNotExist)
	}
	text, err := read(slices.Max(found)) // versions are dates
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func read(path string) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if filepath.Ext(path) != ".gz" {
		return io.ReadAll(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
