package awsdouble_test

import (
	_ "embed"
	"net/http"
	"os/exec"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// motoAccount is the account that moto gives to whoever has no other.
const motoAccount = "123456789012"

//go:embed testdata/seed.py
var seed string

// missing are the types that moto does not have.
func missing() map[resource.Type]string {
	return map[resource.Type]string{
		"AWS::SSM::DocumentPublicSharing": "moto has no service settings",
	}
}

// differs has facts in which both are right: moto's report is of 2015 and has no row
// of root. ExpirePasswords follows from another property, which no room says.
func differs(property string) bool {
	return property == "GeneratedTime" || property == "RootCredentials" || property == "ExpirePasswords"
}

// facts are what is known of a resource, by property; what is not known or absent
// says so.
func facts(v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		slot, ok := v.Field(i).Addr().Interface().(fact.Slot)
		name := v.Type().Field(i).Name
		if !ok || differs(name) {
			continue
		}
		value, present := slot.Any()
		switch {
		case present == fact.Unknown:
			out[name] = "unknown"
		case present == fact.False:
			out[name] = "absent"
		default:
			out[name] = plainFact(reflect.ValueOf(value))
		}
	}
	return out
}

func plainFact(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		return facts(c)
	case reflect.Slice:
		list := []any{}
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Pointer { // children have facts of their own
				continue
			}
			list = append(list, plainFact(v.Index(i)))
		}
		return list
	}
	return v.Interface()
}

// twins are moto with something of each type, and a double of the same.
func twins(t *testing.T) (theirs, ours *asker.Asker) {
	t.Helper()
	endpoint := outside.Moto(t)
	outside.MotoReset(t)
	if out, err := exec.CommandContext(t.Context(), outside.Python(t), "-c", seed, endpoint).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	theirs = askerOf(t, awsclient.Static(home, endpoint, credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), http.DefaultClient), motoAccount)
	block := map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": false, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}
	// boto3 puts the account in front of the address
	if _, err := theirs.Client.Call(t.Context(), "s3control", "PutPublicAccessBlock", map[string]any{"AccountId": motoAccount, "PublicAccessBlockConfiguration": block}); err != nil {
		t.Fatal(err)
	}
	d := awsdouble.New(awsdouble.Options{})
	for _, e := range rooms() {
		if missing()[e.Room.Type] != "" {
			continue
		}
		for _, k := range findRoom(t, theirs, e) {
			r := awsdouble.Resource{Type: string(e.Room.Type), Answer: room.Merge(k.pieces.Tree, nil)}
			if !e.Room.Setting && e.Room.ARNIn == "" {
				r.ARN = k.res.GetMeta().ARN
			}
			for _, above := range k.pieces.Under {
				r.Parent, _ = above.(string)
			}
			if err := d.Add(motoAccount, home, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	return theirs, askerOf(t, doubleConfig(d, motoAccount, home), motoAccount)
}

// both are the facts of the resources of a type in moto and in the double, by ARN.
func both(t *testing.T, theirs, ours *asker.Asker, e *catalog.Entry) (moto, double map[string]any) {
	t.Helper()
	of := func(a *asker.Asker) map[string]any {
		all := map[string]any{}
		for _, k := range findRoom(t, a, e) {
			all[k.res.GetMeta().ARN] = facts(reflect.ValueOf(k.res).Elem())
			for _, g := range k.gaps {
				t.Errorf("gap %v", g)
			}
		}
		return all
	}
	return of(theirs), of(ours)
}

// TestRoomsLikeMoto asks moto and the double the same about the same resources, by
// the same client, and gets the same facts; and again about each alone, and about
// one that is not there.
func TestRoomsLikeMoto(t *testing.T) {
	theirs, ours := twins(t)
	for _, e := range rooms() {
		if missing()[e.Room.Type] != "" {
			continue
		}
		t.Run(string(e.Room.Type), func(t *testing.T) {
			moto, double := both(t, theirs, ours, e)
			if len(moto) == 0 {
				t.Fatal("the seed makes none")
			}
			if diff := cmp.Diff(moto, double); diff != "" {
				t.Errorf("moto -, double +\n%s", diff)
			}
			alone(t, theirs, ours, e, &findRoom(t, theirs, e)[0])
			stranger(t, theirs, ours, e)
		})
	}
}

func alone(t *testing.T, theirs, ours *asker.Asker, e *catalog.Entry, k *known) {
	t.Helper()
	if e.Room.Parent != "" {
		return // it belongs to one that nobody asks for here
	}
	names := map[string]string{}
	for name := range namesOf(e) {
		names[name] = room.TextOf(k.pieces.Tree, name)
	}
	if own := theirs.Names(e, k.res.GetMeta().ARN); own != nil {
		names = own
	}
	of := func(a *asker.Asker) map[string]any {
		p, call, err := fresh(t, a).Alone(t.Context(), e, names)
		if err != nil {
			t.Fatalf("%v: %v", names, err)
		}
		res, _, _ := a.Make(e, p, call, nil)
		return facts(reflect.ValueOf(res).Elem())
	}
	if diff := cmp.Diff(of(theirs), of(ours)); diff != "" {
		t.Errorf("alone: moto -, double +\n%s", diff)
	}
}

// namesOf are the names in the ARNs of a type.
func namesOf(e *catalog.Entry) map[string]string {
	names := map[string]string{}
	_, _ = room.Expand(e.Room.ARN, func(path string) string {
		if path != "partition" && path != "region" && path != "account" {
			names[path] = "none-0123456789abcdef0"
		}
		return ""
	})
	return names
}

// stranger asks about one that is not there.
func stranger(t *testing.T, theirs, ours *asker.Asker, e *catalog.Entry) {
	t.Helper()
	if e.Room.Setting {
		return
	}
	names := namesOf(e)
	_, _, motoErr := fresh(t, theirs).Alone(t.Context(), e, names)
	_, _, doubleErr := fresh(t, ours).Alone(t.Context(), e, names)
	moto, double := awsclient.AsFault(motoErr), awsclient.AsFault(doubleErr)
	lists := e.Room.Type == "AWS::EC2::FlowLog" // moto lists none, where AWS refuses
	if moto.Class != double.Class || moto.Code != double.Code && !lists {
		t.Errorf("one that is not there: moto %v %s, double %v %s", moto.Class, moto.Code, double.Class, double.Code)
	}
}
