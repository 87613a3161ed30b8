package securityhub

// AsFinding is what a record is to the ASFF writer.
var AsFinding = asFinding

// Cut shortens a note.
var Cut = cut
