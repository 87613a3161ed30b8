package report_test

import (
	"testing/fstest"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/resource"
)

// fakes are controls of the tests' own: the built-in ones may say things in
// other words without changing a golden file.
func fakes() []*control.Control {
	all := everywhere()
	for _, c := range all {
		if c.ID == "APIGateway.9" || c.ID == "APIGateway.10" {
			c.NotOffered = append(c.NotOffered, "us-gov-west-1")
		}
	}
	return all
}

func everywhere() []*control.Control {
	level := control.Parameter{Name: "loggingLevel", Values: []string{"ERROR", "INFO"}}
	kind := control.Parameter{Name: "authorizationType", Values: []string{"AWS_IAM", "JWT"}}
	cluster := control.Parameter{Name: "requireCacheCluster", Values: []string{"true", "false"}, Default: "false", Ours: true}
	exempt := control.Parameter{Name: "exemptUnauthorizableRoutes", Values: []string{"true", "false"}, Default: "false", Ours: true}
	return []*control.Control{
		fake("APIGateway.1", control.Medium, `
title = Stages should write execution logs
silent = {n} of {of} method settings are silent: {methods}
routeSilent = the default route settings log at level {level}
logs = {n} method settings log
httpAPI = HTTP APIs have no execution logs
overrides = routes with a level of their own: {routes}
`, `
title = ステージは実行ログを書き込む必要があります
silent = メソッド設定 {of} 件のうち {n} 件が記録していません: {methods}
routeSilent = デフォルトのルート設定のログレベルは {level} です
logs = {n} 件のメソッド設定が記録しています
httpAPI = HTTP API に実行ログはありません
overrides = 個別のレベルを持つルート: {routes}
`, []control.Parameter{level}, restStage, v2Stage),
		fake("APIGateway.3", control.Low, `
title = Stages should trace requests
on = tracing is on
off = tracing is off
`, `
title = ステージはリクエストをトレースする必要があります
on = トレースは有効です
off = トレースが無効です
`, nil, restStage),
		fake("APIGateway.4", control.Medium, `
title = Stages should have a web ACL
none = no web ACL is associated
`, `
title = ステージにはウェブ ACL が必要です
none = ウェブ ACL が関連付けられていません
`, nil, restStage),
		fake("APIGateway.5", control.Medium, `
title = Cached data should be encrypted
nothingCached = nothing is cached
unencrypted = {n} of {of} method settings cache without encryption: {methods}
latent = latent: the stage has no cache cluster now
`, `
title = キャッシュされたデータは暗号化する必要があります
nothingCached = キャッシュはありません
unencrypted = メソッド設定 {of} 件のうち {n} 件が暗号化せずにキャッシュしています: {methods}
latent = 潜在的な問題: 現在キャッシュクラスターはありません
`, []control.Parameter{cluster}, restStage),
		fake("APIGateway.8", control.High, `
title = Routes should name an authorization type
open = route {route} has authorization type {type}
cannotCarry = the route cannot carry an authorizer
`, `
title = ルートには認可タイプを指定する必要があります
open = ルート {route} の認可タイプは {type} です
cannotCarry = このルートにはオーソライザーを設定できません
`, []control.Parameter{kind, exempt}, v2Route),
		fake("APIGateway.9", control.Medium, `
title = Stages should write access logs
none = the stage writes no access log
`, `
title = ステージはアクセスログを書き込む必要があります
none = ステージはアクセスログを書き込んでいません
`, nil, v2Stage),
		fake("APIGateway.10", control.Medium, `
title = Private integrations should use HTTPS
public = the connection is {type}, not private
`, `
title = プライベート統合は HTTPS を使用する必要があります
public = 接続は {type} で、プライベートではありません
`, nil, v2Integration),
		fake("APIGateway.11", control.Medium, `
title = Domain names should use recommended policies
`, `
title = ドメイン名は推奨されるポリシーを使用する必要があります
`, nil, "AWS::ApiGateway::DomainName"),
	}
}

func fake(id string, s control.Severity, en, ja string, params []control.Parameter, types ...resource.Type) *control.Control {
	c := &control.Control{
		ID: id, Severity: s, Parameters: params, NotOffered: []string{"ap-east-2"},
		Requirements: []string{"NIST.800-53.r5 CA-7", "NIST.800-53.r5 SC-28(1)"},
		Files: fstest.MapFS{
			"messages.en.txt": &fstest.MapFile{Data: []byte(en)},
			"messages.ja.txt": &fstest.MapFile{Data: []byte(ja)},
		},
	}
	for _, t := range types {
		c.Checks = append(c.Checks, control.Check{Type: t})
	}
	return c
}
