package main

import (
	"regexp"
	"strings"
)

// regionParts takes apart what an anchor of the page runs together: "apsoutheast6".
var regionParts = regexp.MustCompile(`^(us|ap|eu|ca|sa|me|mx|af|il|cn)(gov)?(north|south|east|west|central|northeast|northwest|southeast|southwest)(\d)$`)

// regionCode is the code of a Region: "ap-southeast-6"; "" where it is none.
func regionCode(anchor string) string {
	m := regionParts.FindStringSubmatch(anchor)
	if m == nil {
		return ""
	}
	var parts []string
	for _, part := range m[1:] {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "-")
}
