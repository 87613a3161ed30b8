package awslive

import (
	"maps"
	"slices"

	"github.com/kumoban/kumoban/internal/fact"
)

// readObject reads an object that AWS leaves out where it is not set.
func readObject[Out, In any](in *In, o *fact.Origin, fill func(*Out, *In, *fact.Origin)) fact.Value[Out] {
	if in == nil {
		return fact.Absent[Out](o)
	}
	var out Out
	fill(&out, in, o)
	return fact.Set(out, o)
}

// readMap reads a map into a list ordered by key, so that what is said about
// it does not depend on Go's map order.
func readMap[Out, In any](in map[string]In, o *fact.Origin, fill func(*Out, *In, *fact.Origin), setKey func(*Out, fact.Value[string])) fact.Value[[]Out] {
	out := make([]Out, 0, len(in))
	for _, key := range slices.Sorted(maps.Keys(in)) {
		var element Out
		value := in[key]
		fill(&element, &value, o)
		setKey(&element, fact.Set(key, o))
		out = append(out, element)
	}
	return fact.Set(out, o)
}

func readStrings[S ~string](in []S, o *fact.Origin) fact.Value[[]string] {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return fact.Set(out, o)
}

// readPointer reads a field that AWS leaves out where it is not set.
func readPointer[T any](in *T, o *fact.Origin) fact.Value[T] {
	if in == nil {
		return fact.Absent[T](o)
	}
	return fact.Set(*in, o)
}

// readPointerOr reads a field whose absence AWS documents to mean something.
func readPointerOr[T any](in *T, meant T, o *fact.Origin) fact.Value[T] {
	if in == nil {
		return fact.Set(meant, o)
	}
	return fact.Set(*in, o)
}

func readInt(in *int32, o *fact.Origin) fact.Value[int] {
	if in == nil {
		return fact.Absent[int](o)
	}
	return fact.Set(int(*in), o)
}

// readText reads a string that AWS sends empty where it is not set.
func readText(in *string, o *fact.Origin) fact.Value[string] {
	if in == nil {
		return fact.Absent[string](o)
	}
	return readEnum(*in, o)
}

func readTextOr(in *string, meant string, o *fact.Origin) fact.Value[string] {
	if in == nil {
		return fact.Set(meant, o)
	}
	return readEnumOr(*in, meant, o)
}

// readEnum reads a string of the SDK that has no pointer: empty is left out.
func readEnum[S ~string](in S, o *fact.Origin) fact.Value[string] {
	if in == "" {
		return fact.Absent[string](o)
	}
	return fact.Set(string(in), o)
}

func readEnumOr[S ~string](in S, meant string, o *fact.Origin) fact.Value[string] {
	if in == "" {
		return fact.Set(meant, o)
	}
	return fact.Set(string(in), o)
}
