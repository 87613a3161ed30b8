-- Queries of every engine. A question mark is an argument.

-- name: records
SELECT {columns} FROM findings f JOIN seen s ON s.seq = f.seq WHERE {where}

-- name: collected
SELECT {columns} FROM (SELECT * FROM findings f WHERE {where}{apart}) f JOIN seen s ON s.seq = f.seq WHERE {after}

-- name: narrow
SELECT f.seq FROM findings f WHERE {where} LIMIT ?

-- name: count
SELECT count(*) FROM findings f WHERE {where}

-- name: tally
SELECT partition, account, region, control, status, workflow, state, not_offered, rank, count(*)
FROM findings f WHERE {where}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9

-- name: tallyApart
SELECT partition, account, region, control, status, workflow, state, not_offered, rank, count(*)
FROM findings f WHERE {where}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9

-- name: resources
SELECT account, region, resource, n, total FROM (
    SELECT account, region, resource, count(*) AS n, count(*) OVER () AS total FROM findings f WHERE {where} GROUP BY account, region, resource) g
WHERE n < ? OR n = ? AND (account > ? OR account = ? AND (region > ? OR account = ? AND region = ? AND resource > ?))
ORDER BY n DESC, account, region, resource LIMIT ?

-- name: gradeResources
SELECT account, region, resource, rank, status, count(*), max(partition), max(type), max(live), max(address), max(name)
FROM findings f WHERE {where} GROUP BY account, region, resource, rank, status

-- name: alike
SELECT account, tagset, rank, status, count(*), '', 0, '', '', '', '', '', '' FROM findings f WHERE {where} GROUP BY account, tagset, rank, status

-- name: apart
SELECT account, tagset, rank, status, 1, resource, live, address, name, id, partition, region, type FROM findings f WHERE {where}

-- name: someTagsets
SELECT id, tags FROM tagsets WHERE {within}

-- name: eachID
SELECT id FROM findings f WHERE {where}

-- name: decidedAt
SELECT finding, at, kind, was, became, actor, reason, scan FROM events
WHERE seq IN (SELECT max(e.seq) FROM events e WHERE e.kind IN ('workflow', 'severity') AND e.at <= ? GROUP BY e.finding, e.kind)
AND {of} ORDER BY seq

-- name: ids
SELECT id FROM findings WHERE id >= ? ORDER BY id LIMIT ?

-- name: finding
SELECT 1 FROM findings WHERE id = ?

-- name: pairs
SELECT rank, control FROM pairs ORDER BY rank, control

-- name: pair
INSERT INTO pairs (rank, control) VALUES (?, ?) ON CONFLICT DO NOTHING

-- name: lastFinding
SELECT coalesce(max(seq), 0) FROM findings

-- name: lastTagset
SELECT coalesce(max(id), 0) FROM tagsets

-- name: having
SELECT t.tagset FROM tagset_tags t WHERE {where} LIMIT ?

-- name: lastEvent
SELECT coalesce(max(seq), 0) FROM events

-- name: lastScan
SELECT coalesce(max(id), 0) FROM scans

-- name: touch
UPDATE seen SET last_seen = ?, last_scan = ? WHERE seq IN (SELECT seq FROM findings WHERE {within})

-- name: unseen
SELECT {columns} FROM findings f JOIN seen s ON s.seq = f.seq
WHERE f.account = ? AND f.region = ? AND f.partition = ? AND f.source = ? AND f.state = 'ACTIVE' AND s.last_scan <> ?
AND (f.resource, f.control, f.id) > (?, ?, ?)
ORDER BY f.resource, f.control, f.id LIMIT ?

-- name: history
SELECT finding, at, kind, was, became, actor, reason, scan FROM events WHERE finding = ? ORDER BY seq

-- name: lastNotes
SELECT finding, at, kind, was, became, actor, reason, scan FROM events
WHERE seq IN (SELECT max(seq) FROM events WHERE {within} AND kind = 'note' GROUP BY finding)

-- name: scan
SELECT id, doc FROM scans WHERE id = ?

-- name: scans
SELECT id, doc FROM scans ORDER BY id DESC LIMIT ?

-- name: addScan
INSERT INTO scans (id, doc, last_event) VALUES (?, ?, 0)

-- name: closeScan
UPDATE scans SET last_event = (SELECT coalesce(max(seq), 0) FROM events) WHERE id = ?

-- name: statesAt
SELECT f.id, f.control, f.partition, f.account, f.region, f.type, f.resource, f.live, f.address, f.name, f.status, f.state, f.rank,
       (SELECT e.was FROM events e WHERE e.finding = f.id AND e.seq > (SELECT last_event FROM scans WHERE id = ?)
        AND e.kind = 'compliance' ORDER BY e.seq LIMIT 1),
       (SELECT e.was FROM events e WHERE e.finding = f.id AND e.seq > (SELECT last_event FROM scans WHERE id = ?)
        AND e.kind = 'state' ORDER BY e.seq LIMIT 1)
FROM findings f WHERE f.first_scan <= ? AND f.id > ? AND {where}
ORDER BY f.id LIMIT ?

-- name: scores
SELECT scan, at, partition, account, region, passed, failed, unknown, no_data, disabled, known FROM scores
WHERE at >= ? ORDER BY at, scan, partition, account, region

-- name: exception
SELECT {exception} FROM exceptions e LEFT JOIN conditions c ON c.exception = e.id WHERE e.id = ?

-- name: exceptions
SELECT {exception} FROM exceptions e LEFT JOIN conditions c ON c.exception = e.id WHERE {within}

-- name: exceptionsOf
SELECT {exception} FROM exceptions e LEFT JOIN conditions c ON c.exception = e.id WHERE e.finding = ? ORDER BY e.created, e.id

-- name: exceptionsUntil
SELECT {exception} FROM exceptions e LEFT JOIN conditions c ON c.exception = e.id
WHERE e.ended = ? AND e.id IN (SELECT id FROM exceptions WHERE ended = ? AND until > ? AND until < ?
    UNION SELECT exception FROM conditions WHERE unread_since > ? AND unread_since < ?)
    AND (e.proposal = 0 OR e.approved > ?)

-- name: conditioned
SELECT {exception} FROM conditions c JOIN exceptions e ON e.id = c.exception WHERE e.ended = ?
    AND c.exception > ? AND (e.proposal = 0 OR e.approved > ?)
ORDER BY c.exception LIMIT ?

-- name: putConditions
INSERT INTO conditions (exception, finding, holds, unread_since, unread, unread_why) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (exception) DO UPDATE SET finding = excluded.finding, holds = excluded.holds, unread_since = excluded.unread_since,
    unread = excluded.unread, unread_why = excluded.unread_why

-- name: proposals
SELECT {exception} FROM exceptions e LEFT JOIN conditions c ON c.exception = e.id
WHERE e.ended = ? AND e.proposal = 1 AND e.approved = ? ORDER BY e.created, e.id

-- name: exceptionsPage
SELECT {exception} FROM exceptions e LEFT JOIN conditions c ON c.exception = e.id WHERE {where}

-- name: countExceptions
SELECT count(*) FROM exceptions e WHERE {where}

-- name: settings
SELECT name, value FROM settings ORDER BY name

-- name: putSetting
INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: items
SELECT kind, id, state, about, due, doc FROM {items} WHERE {where}

-- name: putItem
INSERT INTO {items} (kind, id, state, about, due, doc) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET state = excluded.state, about = excluded.about, due = excluded.due, doc = excluded.doc

-- name: dropWork
DELETE FROM work WHERE kind = ? AND state = ? AND due < ?

-- name: owners
SELECT id, doc FROM owners WHERE listed = 1 ORDER BY id

-- name: putOwner
INSERT INTO owners (id, listed, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET listed = excluded.listed, doc = excluded.doc

-- name: putException
INSERT INTO exceptions ({exception}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET finding = excluded.finding, reason = excluded.reason, until = excluded.until,
    actor = excluded.actor, approver = excluded.approver, question = excluded.question, created = excluded.created,
    ended = excluded.ended, ended_by = excluded.ended_by, proposal = excluded.proposal, approved = excluded.approved

-- name: question
SELECT doc FROM questions WHERE id = ?

-- name: questions
SELECT doc FROM questions q WHERE {where} ORDER BY asked, id

-- name: putQuestion
INSERT INTO questions (id, asked, due, answered, doc) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET asked = excluded.asked, due = excluded.due, answered = excluded.answered, doc = excluded.doc

-- name: clearQuestion
DELETE FROM question_findings WHERE question = ?

-- name: run
SELECT id, digest, findings, state, actor, started, updated, plan, journal FROM runs WHERE id = ?

-- name: runs
SELECT id, digest, findings, state, actor, started, updated, NULL, NULL FROM runs ORDER BY started DESC, id DESC

-- name: runsOf
SELECT id, digest, findings, state, actor, started, updated, NULL, NULL FROM runs
WHERE id IN (SELECT run FROM run_findings WHERE finding = ?) ORDER BY started DESC, id DESC

-- name: putRun
INSERT INTO runs (id, digest, findings, state, actor, started, updated, plan, journal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, findings = excluded.findings, state = excluded.state,
    actor = excluded.actor, started = excluded.started, updated = excluded.updated, plan = excluded.plan, journal = excluded.journal

-- name: clearRun
DELETE FROM run_findings WHERE run = ?

-- name: audit
SELECT seq, at, actor, action, subject, reason, detail, rows, prev, hash FROM audit WHERE seq >= ? ORDER BY seq LIMIT ?

-- name: auditOf
SELECT seq, at, actor, action, subject, reason, detail, rows, prev, hash FROM audit WHERE subject = ? ORDER BY seq

-- name: head
SELECT seq, at, actor, action, subject, reason, detail, rows, prev, hash FROM audit ORDER BY seq DESC LIMIT 1

-- name: append
INSERT INTO audit (seq, at, actor, action, subject, reason, detail, rows, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: addSealed
INSERT INTO sealed (entry, part, data) VALUES (?, ?, ?)

-- name: sealed
SELECT data FROM sealed WHERE entry = ? AND part = ?

-- name: sealedParts
SELECT entry, part FROM sealed ORDER BY entry, part

-- name: questionFindings
SELECT question, finding FROM question_findings ORDER BY question, finding

-- name: runFindings
SELECT run, finding FROM run_findings ORDER BY run, finding

-- name: allTagsets
SELECT id, tags FROM tagsets ORDER BY id

-- name: allTags
SELECT tagset, name, value FROM tagset_tags ORDER BY tagset, name, value

-- name: seenRows
SELECT count(*) FROM seen

-- name: links
SELECT {link} FROM links WHERE {where} ORDER BY finding, arn

-- name: clearLinks
DELETE FROM links WHERE {within}
