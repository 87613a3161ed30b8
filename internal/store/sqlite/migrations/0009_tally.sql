-- What is counted by account, Region, control and status, for scores, the heat map and
-- groups, is read along this index without looking into the table.
CREATE INDEX findings_tally ON findings (partition, account, region, control, status, workflow, state, not_offered, rank, source, changed, tagset, exception);
-- What was decided by a day.
CREATE INDEX events_decided ON events (finding, kind, at) WHERE kind IN ('workflow', 'severity');
