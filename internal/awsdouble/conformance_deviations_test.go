package awsdouble_test

// deviations of moto 5.2.1 that the conformance test accepts, each with its
// reason. A key is "step difference", where a listing's items read like single
// ones; the step "*" is any.
//
// What else moto does differently cannot be seen in shapes: it validates no
// patch path, value or ARN, pages nothing, needs no account role, and lacks
// the operations that the walk leaves out (GetAuthorizers, client certificates,
// FlushStageCache, UpdateDomainName). Of Security Hub it lacks BatchUpdateFindings
// and GetFindingHistory, filters nothing, and imports whatever has a resource. The test server's own additions (see
// outside) make method settings start unencrypted and add version 2's
// UpdateStage and DeleteAccessLogSettings, so those are compared with the
// additions, not with moto.
func deviations() map[string]string {
	const (
		stage   = "recorded AWS stages always have it; moto shows it only if it was given"
		address = "AWS added dual-stack addresses in 2025 and sends the type since; moto does not yet"
		edge    = "moto sends an edge-optimized domain name's fields for a regional one too"
		domain  = "in AWS's model since private domain names and routing rules; moto does not know it"
		hub     = "Security Hub fills it in; moto returns what was imported"
		given   = "AWS fills in the default; moto returns what was given"
	)
	return map[string]string{
		"* .cacheClusterStatus only here":                  stage,
		"* .createdDate only here":                         stage,
		"* .lastUpdatedDate only here":                     stage,
		"* .tracingEnabled only here":                      stage,
		"* .endpointConfiguration.ipAddressType only here": address,
		"* .ipAddressType only here":                       address,
		"* .version only moto":                             "moto invents a version; recorded AWS REST APIs have none unless one was given",
		"* .features only here":                            "every AWS account has usage plans; moto sends null",
		"CreateDeployment:no-integration error BadRequestException, moto NotFoundException": "AWS refuses the request, as Terraform's users report; moto says that something is missing",
		"CreateDeployment .stageName only moto":                                             "not in AWS's model",
		"PutIntegration .cacheNamespace only here":                                          given,
		"PutIntegration .passthroughBehavior only here":                                     given,
		"PutIntegration .timeoutInMillis only here":                                         given,
		"DeleteRestApi  is null, moto object":                                               "AWS answers a deletion without a body",
		"* .Findings[].ProcessedAt only here":                                               hub,
		"* .Findings[].Region only here":                                                    hub,
		"* .Findings[].RecordState only here":                                               hub,
		"* .Findings[].Workflow only here":                                                  hub,
		"* .Findings[].WorkflowState only here":                                             hub,
		"* .domainNameArn only here":                                                        domain,
		"* .routingMode only here":                                                          domain,
		"* .certificateUploadDate only moto":                                                edge,
		"* .distributionDomainName only moto":                                               edge,
		"* .distributionHostedZoneId only moto":                                             edge,
		"* .domainNameStatusMessage only moto":                                              "AWS sends a message only when there is something to say",
		"* .connectionType only here":                                                       given,
		"WS:CreateIntegration .payloadFormatVersion only here":                              given,
		"* .vpcLinkStatusMessage only here":                                                 "AWS explains a VPC link's status; moto does not",
	}
}
