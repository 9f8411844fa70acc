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
-- p_events: JSON array of {id, child, kind, at, day?, method, guardian?, user?, reason?,
-- set_status?, set_in_at?, set_out_at?, evidence? (base64 of sealed bytes), flags?}.
-- Answers one row per event: stored | duplicate | refused, with a reason code.
CREATE OR REPLACE FUNCTION attendance_record(
    p_institution bigint, p_device uuid, p_now timestamptz, p_events jsonb
) RETURNS TABLE (event_id uuid, outcome text, why text)
LANGUAGE plpgsql AS $$
DECLARE
    v_region text;
    v_answers jsonb;
    v_children bigint[];
    v_days date[];
    v_classes bigint[];
BEGIN
    SELECT i.region_code INTO v_region FROM institutions_institution i WHERE i.id = p_institution;

    -- Two batches with the same child and day wait for each other, in one order.
    PERFORM pg_advisory_xact_lock(k.child # ((k.day - DATE '2000-01-01')::bigint << 51))
    FROM (
        SELECT DISTINCT r.child, coalesce(r.day, (r.at AT TIME ZONE 'Asia/Shanghai')::date) AS day
        FROM jsonb_to_recordset(p_events) AS r(child bigint, at timestamptz, day date)
        ORDER BY 1, 2
    ) k;

    WITH x AS MATERIALIZED (
        SELECT DISTINCT ON (r.id) r.*,
            CASE WHEN r.kind <= 2 THEN (r.at AT TIME ZONE 'Asia/Shanghai')::date
                 ELSE r.day END AS on_day
        FROM jsonb_to_recordset(p_events) AS r(
            id uuid, child bigint, kind smallint, at timestamptz, day date, method text,
            guardian bigint, "user" bigint, reason text, set_status smallint,
            set_in_at timestamptz, set_out_at timestamptz, evidence text, flags int)
        ORDER BY r.id
    ), judged AS MATERIALIZED (
        SELECT x.*, e.class_group_id,
            CASE
                WHEN o.id IS NOT NULL AND o.child_id = x.child AND o.kind = x.kind
                     AND o.at = x.at AND o.institution_id = p_institution THEN 'duplicate'
                WHEN o.id IS NOT NULL THEN 'id-reused'
                WHEN x.kind IS NULL OR x.kind NOT BETWEEN 1 AND 4 OR x.at IS NULL
                     OR x.on_day IS NULL THEN 'malformed'
                WHEN x.at > p_now + interval '10 minutes' THEN 'future'
                WHEN x.at < p_now - interval '62 days'
                     OR x.on_day < (p_now - interval '400 days')::date
                     OR x.on_day > (p_now + interval '92 days')::date THEN 'ancient'
                WHEN e.id IS NULL THEN 'not-enrolled'
                WHEN x.kind = 4 AND coalesce(x.reason, '') = '' THEN 'no-reason'
                ELSE 'stored'
            END AS verdict
        FROM x
        LEFT JOIN attendance_event o ON o.id = x.id
        LEFT JOIN enrolment_enrolment e ON e.child_id = x.child
            AND e.institution_id = p_institution AND e.period @> x.on_day
    ), added AS (
        INSERT INTO attendance_event (
            id, child_id, institution_id, region_code, day, kind, at, received_at, device_id,
            user_id, guardian_id, method, reason, set_status, set_in_at, set_out_at, evidence,
            flags)
        SELECT j.id, j.child, p_institution, v_region, j.on_day, j.kind, j.at, p_now, p_device,
            j."user", j.guardian, coalesce(j.method, 'desk'), coalesce(left(j.reason, 120), ''),
            j.set_status, j.set_in_at, j.set_out_at, decode(j.evidence, 'base64'),
            coalesce(j.flags, 0)
            | CASE WHEN j.at < p_now - interval '48 hours' THEN 2 ELSE 0 END
            | CASE WHEN EXISTS (SELECT FROM attendance_monthclose m
                   WHERE m.institution_id = p_institution
                   AND m.month = date_trunc('month', j.on_day)::date) THEN 4 ELSE 0 END
        FROM judged j WHERE j.verdict = 'stored'
        ON CONFLICT (id) DO NOTHING
        RETURNING child_id, day
    ), keys AS (
        SELECT DISTINCT a.child_id, a.day, j.class_group_id
        FROM added a JOIN judged j ON j.child = a.child_id AND j.on_day = a.day
    )
    SELECT (SELECT jsonb_agg(jsonb_build_array(j.id, j.verdict)) FROM judged j),
        (SELECT array_agg(k.child_id ORDER BY k.child_id, k.day) FROM keys k),
        (SELECT array_agg(k.day ORDER BY k.child_id, k.day) FROM keys k),
        (SELECT array_agg(k.class_group_id ORDER BY k.child_id, k.day) FROM keys k)
    INTO v_answers, v_children, v_days, v_classes;

    IF v_children IS NOT NULL THEN
        INSERT INTO attendance_daysheet AS s (
            child_id, day, institution_id, region_code, class_group_id, status, in_at, out_at,
            reason, is_corrected, flags, events)
        SELECT d.child_id, d.day, p_institution, v_region, k.class_group_id, d.status, d.in_at,
            d.out_at, d.reason, d.is_corrected, d.flags, d.events
        FROM attendance_derive(v_children, v_days) d
        JOIN unnest(v_children, v_days, v_classes) AS k(child_id, day, class_group_id)
            ON k.child_id = d.child_id AND k.day = d.day
        ON CONFLICT (child_id, day) DO UPDATE SET
            status = excluded.status, in_at = excluded.in_at, out_at = excluded.out_at,
            reason = excluded.reason, is_corrected = excluded.is_corrected,
            flags = excluded.flags, events = excluded.events;
        PERFORM pg_notify('tuoyu_live', jsonb_build_object('kind', 'attendance', 'topics',
            jsonb_build_array('institution:' || p_institution, 'region:' || v_region)
            || (SELECT jsonb_agg('child:' || c) FROM unnest(v_children[1:60]) c))::text);
    END IF;

    RETURN QUERY
    SELECT (a->>0)::uuid,
        CASE WHEN a->>1 IN ('stored', 'duplicate') THEN a->>1 ELSE 'refused' END,
        CASE WHEN a->>1 IN ('stored', 'duplicate') THEN '' ELSE a->>1 END
    FROM jsonb_array_elements(v_answers) a;
END $$;
