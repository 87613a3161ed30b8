package service

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// Page cuts list into the page that starts at token. Tokens are opaque and
// belong to one listing: scope says which. next is "" on the last page; ok is
// false for a token that this listing did not give out.
func Page[T any](list []T, scope, token string, size int) (page []T, next string, ok bool) {
	start := 0
	if token != "" {
		if start, ok = readToken(scope, token); !ok {
			return nil, "", false
		}
		start = min(start, len(list))
	}
	end := min(start+size, len(list))
	if end < len(list) {
		next = makeToken(scope, end)
	}
	return list[start:end], next, true
}

func makeToken(scope string, at int) string {
	text := strconv.Itoa(at)
	sum := crc32.ChecksumIEEE([]byte(scope + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s.%08x", text, sum))
}

func readToken(scope, token string) (int, bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	text, _, _ := strings.Cut(string(b), ".")
	at, err := strconv.Atoi(text)
	if err != nil || makeToken(scope, at) != token {
		return 0, false
	}
	return at, true
}
