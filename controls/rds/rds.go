// Package rds is the controls of Amazon RDS, which judge the databases of Amazon
// Neptune and Amazon DocumentDB, too.
package rds

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/rds"
)

//go:embed */guide.*.md */messages.*.txt */cases.yaml
var files embed.FS

// Controls returns the controls of the service.
func Controls() []*control.Control {
	return control.In(files, publicSnapshot(), publicAccess(), encryption(), clusterDeletionProtection(), iamAuthentication(), backups())
}

func publicSnapshot() *control.Control {
	return &control.Control{
		ID: "RDS.1", Folder: "publicsnapshot",
		Checks: []control.Check{
			control.On(func(s *rds.DBClusterSnapshot, _ control.Params) control.Verdict {
				return shared(s.SnapshotType, s.Encrypted, s.SharedAccounts)
			}),
			control.On(func(s *rds.DBSnapshot, _ control.Params) control.Verdict {
				return shared(s.SnapshotType, s.Encrypted, s.SharedAccounts)
			}),
		},
		Remedies: []remedy.Remedy{
			unshare(func(s *rds.DBClusterSnapshot) fact.Value[[]string] { return s.SharedAccounts }),
			unshare(func(s *rds.DBSnapshot) fact.Value[[]string] { return s.SharedAccounts }),
		},
		Questions: control.Ask("meant-public", "known-users", "personal-data"),
	}
}

// unshare ends what everybody may do; accounts that are named keep it.
func unshare[T resource.Resource](accounts func(T) fact.Value[[]string]) remedy.Remedy {
	return remedy.Sets(remedy.Remedy{Name: "private", Does: []remedy.Effect{remedy.Interrupts}}, []string{"SharedAccounts"}, func(s T, _ remedy.Case) (remedy.Wish, error) {
		named := slices.DeleteFunc(slices.Clone(accounts(s).Or(nil)), func(a string) bool { return a == "all" })
		return remedy.Wish{Set: []remedy.Property{{Name: "SharedAccounts", Value: named}}}, nil
	})
}

// shared asks whom a snapshot is shared with only where it can be everybody.
func shared(kind fact.Value[string], encrypted fact.Value[bool], accounts fact.Value[[]string]) control.Verdict {
	switch {
	case fact.In(kind, "automated", "awsbackup") == fact.True:
		return control.Pass("pass.automated")
	case fact.Is(encrypted, true) == fact.True:
		return control.Pass("pass.encrypted")
	}
	list, there := accounts.Get()
	if there == fact.Unknown {
		return control.Unread("SharedAccounts", accounts.Origin())
	}
	if slices.Contains(list, "all") {
		return control.Fail("fail")
	}
	return control.Pass("pass")
}

func publicAccess() *control.Control {
	return &control.Control{
		ID: "RDS.2", Folder: "publicaccess",
		Checks: []control.Check{control.On(func(i *rds.DBInstance, _ control.Params) control.Verdict {
			return control.Decide(fact.Is(i.PubliclyAccessible, true).Not(), i.PubliclyAccessible, "PubliclyAccessible", control.Pass("pass"), member(i, control.Fail("fail")))
		})},
		Remedies:  []remedy.Remedy{remedy.Sets(remedy.Remedy{Name: "private", Does: []remedy.Effect{remedy.Interrupts}}, []string{"PubliclyAccessible"}, hidden)},
		Questions: control.Ask("outside-clients", "private-path", "production"),
	}
}

// hidden changes the instance itself, of a cluster too; a Multi-AZ cluster, whose
// members have an engine without Aurora's name, knows no such change.
func hidden(i *rds.DBInstance, _ remedy.Case) (w remedy.Wish, err error) {
	w.Set = []remedy.Property{{Name: "PubliclyAccessible", Value: false}}
	if i.DBClusterIdentifier.Or("") != "" {
		w.Guards = []remedy.Guard{{Property: "Engine", OneOf: []any{"aurora", "aurora-mysql", "aurora-postgresql", "neptune", "docdb"}, Why: locale.M("guard.multiAzCluster")}}
	}
	return w, nil
}

// member says of one of a cluster that it is, and what has to be changed there.
func member(i *rds.DBInstance, v control.Verdict, args ...locale.Arg) control.Verdict {
	if cluster := i.DBClusterIdentifier.Or(""); cluster != "" {
		return control.Fail(v.Message.Key+".member", append(args, locale.A("cluster", cluster))...)
	}
	return v
}

func encryption() *control.Control {
	return &control.Control{
		ID: "RDS.3", Folder: "encryption",
		Checks: []control.Check{control.On(func(i *rds.DBInstance, _ control.Params) control.Verdict {
			engine := locale.A("engine", i.Engine.Or("-"))
			return control.Decide(fact.Is(i.StorageEncrypted, true), i.StorageEncrypted, "StorageEncrypted", control.Pass("pass"), member(i, control.Fail("fail", engine), engine))
		})},
		Remedies:  []remedy.Remedy{encryptCopy()},
		Questions: control.Ask("sensitive", "window", "endpoint", "retire"),
	}
}

// encryptCopy is billed for the snapshots, and for two databases until one is gone, of
// which the price goes by class and engine.
func encryptCopy() remedy.Remedy {
	r := remedy.ByHand("encrypt-copy", rds.DBInstanceType, remedy.Costs, remedy.Interrupts, remedy.Replaces)
	r.Charges = func(c remedy.Case) []cost.Charge {
		return append(stored(c), cost.Charge{Kind: cost.Unpriced})
	}
	return r
}

// stored is what backups take: Aurora's have a price of their own.
func stored(c remedy.Case) []cost.Charge {
	kind := "RDS:ChargedBackupUsage"
	if i, ok := c.Resource.(*rds.DBInstance); ok && strings.HasPrefix(i.Engine.Or(""), "aurora") {
		kind = "Aurora:BackupUsage"
	}
	return []cost.Charge{{Kind: cost.Used, Usage: cost.Item{Service: "AmazonRDS", Type: kind}}}
}

func clusterDeletionProtection() *control.Control {
	return &control.Control{
		ID: "RDS.7", Folder: "clusterdeletionprotection",
		Checks: []control.Check{control.On(func(c *rds.DBCluster, _ control.Params) control.Verdict {
			return control.Decide(fact.Is(c.DeletionProtection, true), c.DeletionProtection, "DeletionProtection", control.Pass("pass"), control.Fail("fail", locale.A("engine", c.Engine.Or("-"))))
		})},
		Remedies:  []remedy.Remedy{remedy.Set("protect", rds.DBClusterType, []remedy.Effect{}, remedy.Property{Name: "DeletionProtection", Value: true})},
		Questions: control.Ask("needed", "automation", "restorable"),
	}
}

func iamAuthentication() *control.Control {
	return &control.Control{
		ID: "RDS.10", Folder: "iamauthentication", Checks: []control.Check{control.On(byToken)},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{Name: "iam-auth", Does: []remedy.Effect{}, Touches: clusterToo("EnableIAMDatabaseAuthentication"), Inputs: []remedy.Input{waiting()}},
			[]string{"EnableIAMDatabaseAuthentication"}, func(i *rds.DBInstance, _ remedy.Case) (remedy.Wish, error) {
				return remedy.Wish{On: holder(i), Set: []remedy.Property{{Name: "EnableIAMDatabaseAuthentication", Value: true}}}, nil
			})},
		Questions: control.Ask("will-use", "memory", "other-central", "pending"),
	}
}

// waiting decides what becomes of other changes that wait for the maintenance window:
// who has RDS make one change at once has it make all.
func waiting() remedy.Input { return remedy.Input{Name: "pending", Values: []string{"now", "window"}} }

// holder is what a setting of the cluster's is changed at: the cluster of which the
// instance is a member; nil: the instance itself.
func holder(i *rds.DBInstance) *resource.Ref {
	id := i.DBClusterIdentifier.Or("")
	arn, ok := resource.ParseARN(i.ARN)
	if id == "" || !ok {
		return nil
	}
	arn.Resource = "cluster:" + id
	return &resource.Ref{Scope: i.Scope, Type: rds.DBClusterType, ARN: arn.String(), Name: id}
}

// clusterToo is a property that is changed at an instance or at its cluster.
func clusterToo(property string) []remedy.Touch {
	return []remedy.Touch{{Type: rds.DBInstanceType, Properties: []string{property}}, {Type: rds.DBClusterType, Properties: []string{property}}}
}

// longer keeps backups for as long as the control asks, or longer.
func longer(i *rds.DBInstance, c remedy.Case) (remedy.Wish, error) {
	days, err := strconv.Atoi(c.Inputs["days"])
	if least, ok := strconv.Atoi(c.Inputs["backupRetentionMinimum"]); ok == nil {
		days = max(days, least)
	}
	return remedy.Wish{On: holder(i), Set: []remedy.Property{{Name: "BackupRetentionPeriod", Value: float64(days)}}}, err
}

// byToken judges the engines and states that Security Hub's page lists; Config's
// lacks MariaDB.
func byToken(i *rds.DBInstance, _ control.Params) control.Verdict {
	covered := fact.In(i.Engine, "mysql", "postgres", "aurora", "aurora-mysql", "aurora-postgresql", "mariadb")
	running := fact.In(i.DBInstanceStatus, "available", "backing-up", "storage-optimization", "storage-full")
	on := i.EnableIAMDatabaseAuthentication
	switch {
	case covered == fact.False:
		return control.Exempt("exempt.engine", locale.A("engine", i.Engine.Or("-")))
	case i.DBInstanceStatus.Present() == fact.True && running == fact.False:
		return control.Exempt("exempt.status", locale.A("status", i.DBInstanceStatus.Or("-")))
	case covered == fact.Unknown:
		return control.Unread("Engine", i.Engine.Origin())
	}
	fail := control.Fail("fail")
	if waits := fact.Part(i.PendingModifiedValues, func(p rds.PendingModifiedValues) fact.Value[bool] { return p.EnableIAMDatabaseAuthentication }); fact.Is(waits, true) == fact.True {
		fail = control.Fail("fail.pending")
	}
	if fail.Message.Key == "fail" {
		fail = member(i, fail)
	}
	return control.Decide(fact.Is(on, true), on, "EnableIAMDatabaseAuthentication", control.Pass("pass"), fail)
}

func backups() *control.Control {
	return &control.Control{
		ID: "RDS.11", Folder: "backups", Checks: []control.Check{control.On(backedUp)},
		Parameters: []control.Parameter{{Name: "backupRetentionMinimum"}},
		Remedies: []remedy.Remedy{remedy.Sets(remedy.Remedy{
			Name: "backups", Does: []remedy.Effect{remedy.Costs, remedy.Interrupts}, Charges: stored, Touches: clusterToo("BackupRetentionPeriod"),
			Inputs: []remedy.Input{{Name: "days", Default: "7", Pattern: `[1-9]|[12][0-9]|3[0-5]`}, waiting()},
		}, []string{"BackupRetentionPeriod"}, longer)},
		Questions: append(control.Ask("rebuild", "pause", "other-backup"), control.AskDays("days-back")),
	}
}

// backedUp judges members of clusters, too: their answers show the cluster's period.
func backedUp(i *rds.DBInstance, p control.Params) control.Verdict {
	for _, source := range []fact.Value[string]{i.SourceDBInstanceIdentifier, i.SourceDBClusterIdentifier} {
		if id := source.Or(""); id != "" {
			return control.Exempt("exempt", locale.A("source", id))
		}
	}
	days, there := i.BackupRetentionPeriod.Get()
	least, known := p.Int("backupRetentionMinimum")
	if there == fact.Unknown || !known {
		return control.Unread("BackupRetentionPeriod", i.BackupRetentionPeriod.Origin())
	}
	kept := locale.A("days", days)
	pending, waits := fact.Part(i.PendingModifiedValues, func(p rds.PendingModifiedValues) fact.Value[int] { return p.BackupRetentionPeriod }).Get()
	switch {
	case days >= least:
		return control.Pass("pass", kept)
	case waits == fact.True && pending >= least:
		return control.Fail("fail.pending", kept, locale.A("pending", pending))
	case days == 0:
		return control.Fail("fail")
	}
	return control.Fail("fail.short", kept, locale.A("minimum", least))
}
