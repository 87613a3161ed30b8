package main

import "strings"

// levels are the names on AWS's page of categories (control-categories). Pages of
// controls spell them in several ways.
var levels = []string{
	"Identify", "Inventory", "Logging", "Resource configuration", "Vulnerability, patch, and version management",
	"Protect", "Secure access management", "Secure network configuration", "Data protection", "Encryption of data at rest",
	"Encryption of data in transit", "Data integrity", "Data deletion protection", "API protection", "Protective services",
	"Secure development", "Network security", "Detect", "Detection services", "Respond", "Recover", "Resilience",
}

// category spells a category as that page does: its names, and data protection
// below Protect with encryption below it.
func category(text string) string {
	text = strings.ReplaceAll(text, " - ", " > ")
	var path []string
	for _, level := range strings.Split(text, ">") {
		level = strings.TrimSpace(level)
		for _, known := range levels {
			if plain(known) == plain(level) {
				level = known
			}
		}
		if strings.HasPrefix(level, "Encryption of") && len(path) > 0 && path[len(path)-1] == "Protect" {
			path = append(path, "Data protection")
		}
		if level == "Data protection" && len(path) == 0 {
			path = append(path, "Protect")
		}
		path = append(path, level)
	}
	return strings.Join(path, " > ")
}

func plain(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", " ") }
