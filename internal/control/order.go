package control

import (
	"cmp"
	"strconv"
	"strings"
)

// Compare orders ids of controls as people count, whatever their case:
// APIGateway.2 before APIGateway.10.
func Compare(a, b string) int {
	service := func(id string) (string, int) {
		dot := strings.LastIndexByte(id, '.')
		n, err := strconv.Atoi(id[dot+1:])
		if dot < 0 || err != nil {
			return strings.ToLower(id), -1
		}
		return strings.ToLower(id[:dot]), n
	}
	aName, aNumber := service(a)
	bName, bNumber := service(b)
	return cmp.Or(strings.Compare(aName, bName), cmp.Compare(aNumber, bNumber), strings.Compare(a, b))
}
