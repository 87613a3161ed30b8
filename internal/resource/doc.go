package resource

//go:generate go run ../tool/resourcegen ../..
