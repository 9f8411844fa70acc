-- 打卡入库与日考勤推导：the one way by which anything reaches the day sheets.
--
-- attendance_derive: the day sheet as a pure aggregate over the day's events. Order, overlap and
-- replay of batches are of no matter. Events flagged SKEW (1) are kept but not trusted.
CREATE OR REPLACE FUNCTION attendance_derive(p_children bigint[], p_days date[])
RETURNS TABLE (
    child_id bigint, day date, institution_id bigint, region_code text, status smallint,
    in_at timestamptz, out_at timestamptz, reason text, is_corrected boolean, flags int,
    events smallint
) LANGUAGE sql STABLE AS $$
    SELECT k.child_id, k.day, a.institution_id, a.region_code,
        (CASE WHEN fix.set_status > 0 THEN fix.set_status
              WHEN a.in_at IS NOT NULL OR a.out_at IS NOT NULL THEN 1
              WHEN gone.set_status > 0 THEN gone.set_status END)::smallint,
        CASE WHEN fix.set_status = 1 THEN coalesce(fix.set_in_at, a.in_at)
             WHEN fix.set_status > 1 THEN NULL ELSE a.in_at END,
        CASE WHEN fix.set_status = 1 THEN coalesce(fix.set_out_at, a.out_at)
             WHEN fix.set_status > 1 THEN NULL ELSE a.out_at END,
        CASE WHEN fix.set_status > 0 THEN fix.reason
             WHEN a.in_at IS NULL AND a.out_at IS NULL AND gone.set_status > 0 THEN gone.reason
             ELSE '' END,
        coalesce(fix.set_status > 0, false), a.flags, a.events
    FROM unnest(p_children, p_days) AS k(child_id, day)
    CROSS JOIN LATERAL (
        SELECT max(e.institution_id) AS institution_id, max(e.region_code) AS region_code,
            min(e.at) FILTER (WHERE e.kind = 1 AND e.flags & 1 = 0) AS in_at,
            max(e.at) FILTER (WHERE e.kind = 2 AND e.flags & 1 = 0) AS out_at,
            coalesce(bit_or(e.flags), 0) AS flags, count(*)::smallint AS events
        FROM attendance_event e WHERE e.child_id = k.child_id AND e.day = k.day
    ) a
    LEFT JOIN LATERAL (
        SELECT e.set_status, e.set_in_at, e.set_out_at, e.reason FROM attendance_event e
        WHERE e.child_id = k.child_id AND e.day = k.day AND e.kind = 4 AND e.flags & 1 = 0
        ORDER BY e.at DESC, e.id DESC LIMIT 1
    ) fix ON true
    LEFT JOIN LATERAL (
        SELECT e.set_status, e.reason FROM attendance_event e
        WHERE e.child_id = k.child_id AND e.day = k.day AND e.kind = 3 AND e.flags & 1 = 0
        ORDER BY e.at DESC, e.id DESC LIMIT 1
    ) gone ON true
    WHERE a.events > 0
$$;

-- attendance_record: stores a batch of one institution, whose signatures were checked before.
--
-- p_events: JSON array of {id, child, kind, at, day?, method, guardian?, code? (hex), user?, reason?,
-- set_status?, set_in_at?, set_out_at?, evidence? (base64 of sealed bytes), flags?}.
-- Answers one row per event: stored | duplicate | refused, with a reason code, and whether it fell
-- into a closed month. ``p_tell`` false: the caller tells the open pages after the commit (a NOTIFY
-- makes commits wait for each other's disk, one by one).
--
-- Locks are taken in one order (events by id, then sheets by child and day), so that overlapping
-- batches wait for each other and never deadlock. A plain arrival or leaving is folded into its
-- sheet at once: least, greatest, bit-or and a count do not mind order. Every other day is derived
-- afresh, under the lock of its sheet, from all its events.
DROP FUNCTION IF EXISTS attendance_record(bigint, uuid, timestamptz, jsonb);
DROP FUNCTION IF EXISTS attendance_record(bigint, uuid, timestamptz, jsonb, boolean);
CREATE FUNCTION attendance_record(
    p_institution bigint, p_device uuid, p_now timestamptz, p_events jsonb, p_tell boolean
) RETURNS TABLE (event_id uuid, outcome text, why text, closed boolean, region text)
LANGUAGE plpgsql
SET enable_seqscan = off  -- plans are kept: one made on a morning's empty tables must not scan them
AS $$
DECLARE
    v_ids uuid[];
    v_verdicts text[];
    v_closed boolean[];
    v_region text;
    v_topics text[];
    v_children bigint[];
    v_days date[];
    v_special boolean;
BEGIN
    WITH x AS MATERIALIZED (
        SELECT DISTINCT ON (r.id) r.*,
            CASE WHEN r.kind <= 2 THEN (r.at AT TIME ZONE 'Asia/Shanghai')::date
                 ELSE r.day END AS on_day
        FROM jsonb_to_recordset(p_events) AS r(
            id uuid, child bigint, kind smallint, at timestamptz, day date, method text,
            guardian bigint, code text, "user" bigint, reason text, set_status smallint,
            set_in_at timestamptz, set_out_at timestamptz, evidence text, flags int)
        ORDER BY r.id
    ), judged AS MATERIALIZED (
        SELECT x.*, e.class_group_id, e.region_code,
            coalesce(x.flags, 0)
            | CASE WHEN x.at < p_now - interval '48 hours' THEN 2 ELSE 0 END
            | CASE WHEN EXISTS (SELECT FROM attendance_monthclose m
                   WHERE m.institution_id = p_institution
                   AND m.month = date_trunc('month', x.on_day::timestamp)::date)
                   THEN 4 ELSE 0 END AS all_flags,
            CASE
                WHEN o.id IS NOT NULL AND o.child_id = x.child AND o.kind = x.kind
                     AND o.at = x.at AND o.institution_id = p_institution THEN 'duplicate'
                WHEN o.id IS NOT NULL THEN 'id-reused'
                WHEN x.id IS NULL OR x.kind IS NULL OR x.kind NOT BETWEEN 1 AND 4
                     OR x.at IS NULL OR x.on_day IS NULL THEN 'malformed'
                WHEN x.at > p_now + CASE WHEN x.flags & 1 = 1 THEN interval '36 hours'
                                         ELSE interval '10 minutes' END THEN 'future'
                WHEN x.at < p_now - interval '62 days'
                     OR x.on_day < (p_now - interval '400 days')::date
                     OR x.on_day > (p_now + interval '92 days')::date THEN 'ancient'
                WHEN e.id IS NULL THEN 'not-enrolled'
                WHEN x.kind = 4 AND coalesce(x.reason, '') = '' THEN 'no-reason'
                WHEN x.kind <> 2 THEN 'stored'
                -- Leaving: who takes the child away?
                WHEN x.method = 'release' THEN CASE WHEN EXISTS (
                    SELECT FROM attendance_release r
                    WHERE r.child_id = x.child AND r.institution_id = p_institution
                    AND r.at BETWEEN x.at - interval '30 minutes' AND x.at + interval '10 minutes'
                    AND (r.used_by IS NULL OR r.used_by = x.id))
                    THEN 'stored' ELSE 'no-release' END
                WHEN x.method = 'code' THEN CASE WHEN EXISTS (
                    SELECT FROM children_pickupcode c
                    WHERE c.child_id = x.child AND c.valid_on = x.on_day
                    AND c.code_index = decode(x.code, 'hex')
                    AND (c.cancelled_at IS NULL OR c.cancelled_at > x.at))
                    THEN 'stored' ELSE 'unknown-bearer' END
                WHEN g.is_blocked THEN 'blocked'
                WHEN x.guardian IS NULL AND x.method <> 'qr' THEN 'stored'
                WHEN g.id IS NULL OR NOT g.can_pick_up OR g.from_on > x.on_day
                     OR g.to_on <= x.on_day THEN 'unknown-bearer'
                ELSE 'stored'
            END AS verdict
        FROM x
        -- One look-up each (a limit keeps it one): a day's plan is made while the tables are empty,
        -- and a join of whole tables would grow with the day.
        LEFT JOIN LATERAL (
            SELECT v.id, v.child_id, v.kind, v.at, v.institution_id FROM attendance_event v
            WHERE v.id = x.id LIMIT 1
        ) o ON true
        LEFT JOIN LATERAL (
            SELECT n.id, n.class_group_id, n.region_code FROM enrolment_enrolment n
            WHERE n.child_id = x.child AND n.institution_id = p_institution
                AND n.period @> x.on_day LIMIT 1
        ) e ON true
        LEFT JOIN LATERAL (
            SELECT p.id, p.is_blocked, p.can_pick_up, p.from_on, p.to_on
            FROM children_guardianship p
            WHERE x.kind = 2 AND p.child_id = x.child AND p.guardian_id = x.guardian LIMIT 1
        ) g ON true
    ), added AS (
        INSERT INTO attendance_event (
            id, child_id, institution_id, region_code, day, kind, at, received_at, device_id,
            user_id, guardian_id, method, reason, set_status, set_in_at, set_out_at, evidence,
            flags)
        SELECT j.id, j.child, p_institution, j.region_code, j.on_day, j.kind, j.at, p_now,
            p_device, j."user", j.guardian, coalesce(j.method, 'desk'),
            coalesce(left(j.reason, 120), ''), j.set_status, j.set_in_at, j.set_out_at,
            decode(j.evidence, 'base64'), j.all_flags
        FROM judged j WHERE j.verdict = 'stored' ORDER BY j.id
        ON CONFLICT (id) DO NOTHING
        RETURNING id, child_id, day, kind, at, flags, region_code
    ), keys AS (
        SELECT a.child_id, a.day, min(a.region_code) AS region_code,
            min(j.class_group_id) AS class_group_id,
            min(a.at) FILTER (WHERE a.kind = 1) AS in_at,
            max(a.at) FILTER (WHERE a.kind = 2) AS out_at,
            bit_or(a.flags) AS flags, count(*)::smallint AS events,
            bool_and(a.kind <= 2 AND a.flags & 1 = 0) AS plain
        FROM added a JOIN judged j ON j.id = a.id
        GROUP BY a.child_id, a.day
    ), folded AS (
        INSERT INTO attendance_daysheet AS s (
            child_id, day, institution_id, region_code, class_group_id, status, in_at, out_at,
            reason, is_corrected, flags, events)
        SELECT k.child_id, k.day, p_institution, k.region_code, k.class_group_id,
            CASE WHEN k.plain THEN 1 END, k.in_at, k.out_at, '', false, k.flags, k.events
        FROM keys k ORDER BY k.child_id, k.day
        ON CONFLICT (child_id, day) DO UPDATE SET
            status = 1, reason = '', in_at = least(s.in_at, excluded.in_at),
            out_at = greatest(s.out_at, excluded.out_at),
            flags = s.flags | excluded.flags, events = s.events + excluded.events
        WHERE excluded.status = 1 AND NOT s.is_corrected
        RETURNING s.child_id, s.day
    ), rest AS (
        SELECT k.child_id, k.day FROM keys k
        LEFT JOIN folded f ON f.child_id = k.child_id AND f.day = k.day
        WHERE NOT k.plain OR f.child_id IS NULL
    ), answers AS (
        SELECT array_agg(j.id) AS ids, array_agg(j.all_flags & 4 > 0) AS closed,
            array_agg(CASE WHEN j.verdict = 'stored' AND a.id IS NULL THEN 'raced'
                           ELSE j.verdict END) AS verdicts,
            coalesce(bool_or(a.id IS NOT NULL AND j.method IN ('release', 'code')), false)
                AS special
        FROM judged j LEFT JOIN added a ON a.id = j.id
    )
    SELECT w.ids, w.verdicts, w.closed, w.special,
        (SELECT min(k.region_code) FROM keys k),
        (SELECT array_agg('child:' || k.child_id) FROM keys k),
        (SELECT array_agg(r.child_id ORDER BY r.child_id, r.day) FROM rest r),
        (SELECT array_agg(r.day ORDER BY r.child_id, r.day) FROM rest r)
    FROM answers w
    INTO v_ids, v_verdicts, v_closed, v_special, v_region, v_topics, v_children, v_days;

    IF v_children IS NOT NULL THEN  -- their sheets are locked by the statement above
        UPDATE attendance_daysheet s SET
            status = d.status, in_at = d.in_at, out_at = d.out_at, reason = d.reason,
            is_corrected = d.is_corrected, flags = d.flags, events = d.events
        FROM attendance_derive(v_children, v_days) d
        WHERE s.child_id = d.child_id AND s.day = d.day;
    END IF;

    IF v_special THEN
        UPDATE attendance_release r SET used_by = e.id FROM attendance_event e
        WHERE e.id = ANY (v_ids) AND e.method = 'release' AND r.child_id = e.child_id
            AND r.used_by IS NULL
            AND r.at BETWEEN e.at - interval '30 minutes' AND e.at + interval '10 minutes';
        UPDATE children_pickupcode c SET used_at = e.at
        FROM attendance_event e
        JOIN jsonb_to_recordset(p_events) AS r(id uuid, code text) ON r.id = e.id
        WHERE e.id = ANY (v_ids) AND e.method = 'code' AND e.kind = 2
            AND c.child_id = e.child_id AND c.valid_on = e.day AND c.used_at IS NULL
            AND c.code_index = decode(r.code, 'hex');
    END IF;

    IF 'raced' = ANY (v_verdicts) THEN  -- stored by another batch between our look and our insert
        SELECT array_agg(CASE WHEN t.verdict <> 'raced' THEN t.verdict
            WHEN EXISTS (SELECT FROM attendance_event o
                JOIN jsonb_to_recordset(p_events) AS r(
                    id uuid, child bigint, kind smallint, at timestamptz) ON r.id = o.id
                WHERE o.id = t.id AND o.child_id = r.child AND o.kind = r.kind AND o.at = r.at
                AND o.institution_id = p_institution) THEN 'duplicate'
            ELSE 'id-reused' END ORDER BY t.n)
        INTO v_verdicts
        FROM unnest(v_ids, v_verdicts) WITH ORDINALITY AS t(id, verdict, n);
    END IF;

    IF p_tell AND v_topics IS NOT NULL THEN
        PERFORM pg_notify('tuoyu_live', jsonb_build_object('kind', 'attendance', 'topics',
            to_jsonb(ARRAY['institution:' || p_institution, 'region:' || v_region]
                     || v_topics[1:60]))::text);
    END IF;

    RETURN QUERY
    SELECT a.id, CASE WHEN a.v IN ('stored', 'duplicate') THEN a.v ELSE 'refused' END,
        CASE WHEN a.v IN ('stored', 'duplicate') THEN '' ELSE a.v END, a.v = 'stored' AND a.c,
        v_region
    FROM unnest(v_ids, v_verdicts, v_closed) AS a(id, v, c);
END $$;
