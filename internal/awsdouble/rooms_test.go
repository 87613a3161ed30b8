package awsdouble_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// roomsFixture has a resource of each type of the catalogue that the double has no
// code for, by CloudFormation's names.
//
//go:embed testdata/rooms.json
var roomsFixture string

func doubleConfig(d *awsdouble.Double, account, region string) aws.Config {
	id, secret := d.CredentialsFor(account)
	return awsclient.Static(region, "", credentials.NewStaticCredentialsProvider(id, secret, ""), &http.Client{Transport: d.Transport()})
}

// askerOf asks about everything.
func askerOf(t testing.TB, cfg aws.Config, account string) *asker.Asker {
	t.Helper()
	return fresh(t, &asker.Asker{
		Scope:  resource.Scope{Partition: "aws", Account: account, Region: cfg.Region},
		Client: wire.New(cfg), Looks: func(resource.Type, string) bool { return true },
	})
}

// fresh has not asked yet, so that it need not wait.
func fresh(t testing.TB, a *asker.Asker) *asker.Asker {
	t.Helper()
	rate, err := awsclient.ParseRate("max")
	if err != nil {
		t.Fatal(err)
	}
	out := *a
	out.Lane = awsclient.NewLimits(rate, slog.New(slog.DiscardHandler)).Lane(a.Account, a.Region)
	return &out
}

// known is what the calls of a room tell of one thing.
type known struct {
	pieces asker.Pieces
	res    resource.Resource
	gaps   []resource.Gap
}

// findRoom lists the things of a type and learns all about them, as a scan does.
func findRoom(t testing.TB, a *asker.Asker, e *catalog.Entry) []known {
	t.Helper()
	a = fresh(t, a)
	if e.Room.Setting {
		p, call, err := a.Alone(t.Context(), e, map[string]string{})
		if err != nil {
			t.Fatalf("%s: %v", e.Room.Type, err)
		}
		res, gaps, _ := a.Make(e, p, call, nil)
		return []known{{*p, res, gaps}}
	}
	unders, above := []room.Tree{nil}, []resource.Resource{nil}
	if p := e.Of(e.Room.Parent); p != nil {
		unders, above = nil, nil
		for _, k := range findRoom(t, a, p) {
			under := room.Tree{}
			for member, path := range e.Room.Below {
				under[member] = room.TextOf(k.pieces.Tree, path)
			}
			unders, above = append(unders, under), append(above, k.res)
		}
	}
	var all []known
	for i, under := range unders {
		call := asker.Declare(e, &e.Room.Finds)
		in, _ := a.Input(e.Room.Finds.In, asker.About{Under: under})
		tree, _ := in.(room.Tree)
		items, err := a.Items(t.Context(), e, &e.Room.Finds, call, tree)
		if err != nil {
			t.Fatalf("%s: %v", e.Room.Type, err)
		}
		var found []asker.About
		for _, item := range items {
			found = append(found, asker.About{Tree: item, Under: under})
		}
		pieces, err := a.Learn(t.Context(), e, found)
		if err != nil {
			t.Fatalf("%s: %v", e.Room.Type, err)
		}
		for j := range pieces {
			res, gaps, ok := a.Make(e, &pieces[j], call, above[i])
			if !ok {
				t.Fatalf("%s: nobody can say who %v is", e.Room.Type, pieces[j].Tree)
			}
			all = append(all, known{pieces[j], res, gaps})
		}
	}
	return all
}

// rooms are the types of the catalogue that the double has no code for, without those
// that are another view of the same.
func rooms() (list []*catalog.Entry) {
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			view := slices.ContainsFunc(s.Rooms[:i], func(r room.Room) bool { return r.Finds.Call == s.Rooms[i].Finds.Call })
			if !strings.HasPrefix(s.Package, "apigateway") && !view {
				list = append(list, catalog.Find(s.Rooms[i].Type))
			}
		}
	}
	return list
}

// TestRooms finds, over the wire, what a fixture says of resources of every type.
func TestRooms(t *testing.T) {
	var fixture struct {
		Resources []struct {
			Type, ARN  string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal([]byte(roomsFixture), &fixture); err != nil {
		t.Fatal(err)
	}
	for _, e := range rooms() {
		t.Run(string(e.Room.Type), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := askerOf(t, doubleConfig(load(t, awsdouble.Options{}, roomsFixture), "111122223333", home), "111122223333")
				all := findRoom(t, a, e)
				n := 0
				for _, f := range fixture.Resources {
					if f.Type != string(e.Room.Type) {
						continue
					}
					if n++; n > len(all) {
						t.Fatalf("%d found, want more", len(all))
					}
					k := all[n-1]
					if len(k.gaps) > 0 {
						t.Errorf("gaps %v", k.gaps)
					}
					if f.ARN != "" && k.res.GetMeta().ARN != f.ARN {
						t.Errorf("ARN %s, want %s", k.res.GetMeta().ARN, f.ARN)
					}
					same(t, string(e.Room.Type), reflect.ValueOf(k.res).Elem(), f.Properties)
				}
				if n == 0 || n != len(all) {
					t.Errorf("%d in the fixture, %d found", n, len(all))
				}
			})
		})
	}
}

// same compares facts with the properties of a fixture.
func same(t *testing.T, path string, facts reflect.Value, properties map[string]any) {
	t.Helper()
	for name, want := range properties {
		slot, ok := facts.FieldByName(name).Addr().Interface().(fact.Slot)
		if !ok {
			t.Fatalf("%s.%s is no property", path, name)
		}
		v, present := slot.Any()
		if present != fact.True {
			t.Errorf("%s.%s is %v, want %v", path, name, present, want)
			continue
		}
		sameValue(t, path+"."+name, v, want)
	}
}

func sameValue(t *testing.T, path string, got, want any) {
	t.Helper()
	v := reflect.ValueOf(got)
	switch want := want.(type) {
	case map[string]any:
		if v.Kind() == reflect.Struct {
			out := reflect.New(v.Type()).Elem()
			out.Set(v)
			same(t, path, out, want)
			return
		}
	case []any:
		if v.Len() != len(want) {
			t.Errorf("%s: %v, want %v", path, got, want)
			return
		}
		for i := range want {
			sameValue(t, fmt.Sprintf("%s[%d]", path, i), v.Index(i).Interface(), want[i])
		}
		return
	case string:
		if at, err := time.Parse(time.RFC3339, want); err == nil && v.CanInt() {
			if v.Int() != at.Unix() {
				t.Errorf("%s: %v, want %v", path, got, want)
			}
			return
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", path, got, want)
	}
}

// TestNoRooms answers that an account has nothing, where it has nothing.
func TestNoRooms(t *testing.T) {
	a := askerOf(t, doubleConfig(load(t, awsdouble.Options{}, `{}`), "111122223333", home), "111122223333")
	for _, e := range rooms() {
		if !e.Room.Setting && e.Room.Parent == "" {
			if all := findRoom(t, a, e); len(all) > 0 {
				t.Errorf("%s: %v", e.Room.Type, all)
			}
		}
	}
}
