package cloudtrail

import "github.com/kumoban/kumoban/internal/room"

// visible is a trail as the account sees it: one that covers all Regions is seen in
// each, whatever its home, and so is the organization's, with the ARN that it has in
// the management account. What it records is asked only of those.
func visible() room.Room {
	const this = "arn:{partition}:cloudtrail:{HomeRegion}:{Owner}:trail/{Name}"
	every := map[string]string{"IsMultiRegionTrail": "true"}
	return room.Room{
		Type: "AWS::CloudTrail::VisibleTrail", Doc: "a trail as an account sees it, whatever its home Region", Where: room.OfAccount,
		Lacks: []room.Form{room.Item, room.Template}, ASFF: "AwsCloudTrailTrail",
		ARN: this, ARNIn: "TrailARN", Name: "{Name}", ID: "TrailARN", Gone: []string{"TrailNotFoundException"},
		Properties: []room.Property{
			{Name: "TrailName", Kind: room.String, API: "Name", TF: room.None, ReadOnly: true},
			{Name: "IsMultiRegionTrail", Kind: room.Bool, Default: false, TF: room.None, ReadOnly: true},
			{Name: "IsOrganizationTrail", Kind: room.Bool, Default: false, TF: room.None, ReadOnly: true},
			{Name: "IsLogging", Kind: room.Bool, Silent: room.Depends, TF: room.None, ReadOnly: true},
			{Name: "EventSelectors", Kind: room.List, Of: "EventSelector", TF: room.None, ReadOnly: true, Doc: "none, and no advanced one: all management events"},
			{Name: "AdvancedEventSelectors", Kind: room.List, Of: "AdvancedEventSelector", TF: room.None, ReadOnly: true},
		},
		Finds: room.Read{Call: "DescribeTrails", In: room.Tree{"includeShadowTrails": true}, Items: "trailList"},
		Each: []room.Read{
			{Call: "GetTrailStatus", In: room.Tree{"Name": "{TrailARN}"}, For: []string{"IsLogging"}, Only: every, Expect: "IsLogging"},
			{Call: "GetEventSelectors", In: room.Tree{"TrailName": "{TrailARN}"}, For: []string{"EventSelectors", "AdvancedEventSelectors"}, Only: every, Expect: "TrailARN"},
		},
		Alone:  []room.Read{{Call: "GetTrail", In: room.Tree{"Name": this}, Take: "Trail"}},
		Events: []string{"CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "PutEventSelectors"},
	}
}

func selectors() []room.Object {
	return []room.Object{
		{Go: "EventSelector", Doc: "what a trail records", Properties: []room.Property{
			{Name: "ReadWriteType", Kind: room.String, Default: "All", Doc: "All, ReadOnly or WriteOnly"},
			{Name: "IncludeManagementEvents", Kind: room.Bool, Default: true},
			{Name: "ExcludeManagementEventSources", Kind: room.Strings},
		}},
		{Go: "AdvancedEventSelector", Doc: "what a trail records, by fields", Properties: []room.Property{
			{Name: "Name", Kind: room.String}, {Name: "FieldSelectors", Kind: room.List, Of: "FieldSelector"},
		}},
		{Go: "FieldSelector", Doc: "a field that must fit", Properties: []room.Property{
			{Name: "Field", Kind: room.String}, {Name: "Equals", Kind: room.Strings},
		}},
	}
}
