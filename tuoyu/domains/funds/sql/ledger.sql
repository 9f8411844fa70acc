-- 资金总账：the one way by which money moves. Four acts (allot, reserve, commit, free) and one
-- general one (post) for what the bank does; each is idempotent by key, locks the budget lines it
-- touches in the order of their ids, and writes all of its entries or nothing.
--
-- Entries are never changed. Balances (of accounts, and of each subject within an account) are kept
-- by the trigger on the entries, so they are right whoever inserts; a CHECK keeps them from going
-- below zero. The functions run as their owner: the application's roles may only read the ledger.
--
-- SQLSTATEs: TY001 short of money (detail: fen short), TY002 key used for another content, TY003 no
-- reservation, TY004 already ordered or paid, TY005 unknown (line, transfer, kind), TY009 the
-- ledger is append-only.

-- The same table as rules.WAYS (a test compares them).
CREATE OR REPLACE FUNCTION funds_ways()
RETURNS TABLE (kind text, leaves text, enters text) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('allot', 'source', 'available'), ('withdraw', 'available', 'source'),
        ('reserve', 'available', 'reserved'), ('free', 'reserved', 'available'),
        ('commit', 'reserved', 'committed'), ('uncommit', 'committed', 'available'),
        ('order', 'committed', 'ordered'), ('cancel', 'ordered', 'committed'),
        ('settle', 'ordered', 'paid'), ('bounce', 'paid', 'ordered'),
        ('claim', 'paid', 'receivable'), ('unclaim', 'receivable', 'paid'),
        ('recover', 'receivable', 'returned'), ('set_off', 'receivable', 'returned'),
        ('restore', 'returned', 'available'), ('unrecover', 'available', 'paid')
$$;

-- ── walls ──────────────────────────────────────────────────────────────────────────────────────

CREATE OR REPLACE FUNCTION funds_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '总账只增不改，更正请记冲正' USING ERRCODE = 'TY009';
END $$;

-- Balances change only from within the trigger on the entries; accounts arise with their line.
CREATE OR REPLACE FUNCTION funds_by_trigger_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '余额由分录得出，不能直接改' USING ERRCODE = 'TY009';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS append_only ON funds_transfer;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON funds_transfer
    FOR EACH ROW EXECUTE FUNCTION funds_append_only();
DROP TRIGGER IF EXISTS append_only ON funds_entry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON funds_entry
    FOR EACH ROW EXECUTE FUNCTION funds_append_only();
DROP TRIGGER IF EXISTS append_only ON funds_budgetline;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON funds_budgetline
    FOR EACH ROW EXECUTE FUNCTION funds_append_only();
DROP TRIGGER IF EXISTS by_trigger_only ON funds_account;
CREATE TRIGGER by_trigger_only BEFORE INSERT OR UPDATE ON funds_account
    FOR EACH ROW EXECUTE FUNCTION funds_by_trigger_only();
DROP TRIGGER IF EXISTS no_delete ON funds_account;
CREATE TRIGGER no_delete BEFORE DELETE ON funds_account
    FOR EACH ROW EXECUTE FUNCTION funds_append_only();
DROP TRIGGER IF EXISTS by_trigger_only ON funds_position;
CREATE TRIGGER by_trigger_only BEFORE INSERT OR UPDATE ON funds_position
    FOR EACH ROW EXECUTE FUNCTION funds_by_trigger_only();
DROP TRIGGER IF EXISTS no_delete ON funds_position;
CREATE TRIGGER no_delete BEFORE DELETE ON funds_position
    FOR EACH ROW EXECUTE FUNCTION funds_append_only();

-- A budget line is born with its eight accounts.
CREATE OR REPLACE FUNCTION funds_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO funds_account (line_id, kind, region_code, balance_fen)
    SELECT NEW.id, k, NEW.region_code, 0 FROM unnest(ARRAY['source', 'available', 'reserved',
        'committed', 'ordered', 'paid', 'receivable', 'returned']) AS k;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS accounts ON funds_budgetline;
CREATE TRIGGER accounts AFTER INSERT ON funds_budgetline
    FOR EACH ROW EXECUTE FUNCTION funds_accounts();

-- Entries: each goes the way of its kind within one line, all of a transfer come at once and add up
-- to it; then the balances follow, accounts in the order of their ids.
CREATE OR REPLACE FUNCTION funds_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM added e
    JOIN funds_transfer t ON t.id = e.transfer_id
    JOIN funds_account d ON d.id = e.debit_id
    JOIN funds_account c ON c.id = e.credit_id
    LEFT JOIN funds_ways() w ON w.kind = t.kind AND w.leaves = c.kind AND w.enters = d.kind
    WHERE d.line_id <> c.line_id OR e.subject <> t.subject
        OR e.region_code <> d.region_code OR (w.kind IS NULL AND t.kind <> 'reverse');
    IF FOUND THEN
        RAISE EXCEPTION '分录的账户与收支种类不符' USING ERRCODE = 'TY005';
    END IF;
    PERFORM 1 FROM funds_transfer t
    WHERE t.id IN (SELECT transfer_id FROM added) AND t.amount_fen <> (
        SELECT sum(e.amount_fen) FROM funds_entry e WHERE e.transfer_id = t.id);
    IF FOUND THEN
        RAISE EXCEPTION '分录之和与收支金额不符' USING ERRCODE = 'TY005';
    END IF;
    PERFORM 1 FROM funds_account WHERE id IN (
        SELECT debit_id FROM added UNION SELECT credit_id FROM added
    ) ORDER BY id FOR NO KEY UPDATE;
    UPDATE funds_account a SET balance_fen = a.balance_fen + m.fen
    FROM (SELECT id, sum(fen)::bigint AS fen FROM (
              SELECT debit_id AS id, amount_fen AS fen FROM added
              UNION ALL SELECT credit_id, -amount_fen FROM added) x GROUP BY id) m
    WHERE a.id = m.id;
    INSERT INTO funds_position (account_id, subject, region_code, balance_fen)
    SELECT DISTINCT a.id, e.subject, e.region_code, 0
    FROM added e JOIN funds_account a ON a.id = e.debit_id
    WHERE a.kind NOT IN ('source', 'available')
    ON CONFLICT (subject, account_id) DO NOTHING;
    UPDATE funds_position p SET balance_fen = p.balance_fen + m.fen
    FROM (SELECT id, subject, sum(fen)::bigint AS fen FROM (
              SELECT debit_id AS id, subject, amount_fen AS fen FROM added
              UNION ALL SELECT credit_id, subject, -amount_fen FROM added) x
          GROUP BY id, subject) m
    WHERE p.account_id = m.id AND p.subject = m.subject;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS follow ON funds_entry;
CREATE TRIGGER follow AFTER INSERT ON funds_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION funds_follow();

-- At commit no transfer stands without its entries.
CREATE OR REPLACE FUNCTION funds_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM funds_entry e WHERE e.transfer_id = NEW.id) THEN
        RAISE EXCEPTION '收支没有分录' USING ERRCODE = 'TY005';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS whole ON funds_transfer;
CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON funds_transfer DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION funds_whole();

-- ── writing ────────────────────────────────────────────────────────────────────────────────────

DROP FUNCTION IF EXISTS funds_hold(bigint[]);
CREATE FUNCTION funds_hold(p_lines bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM funds_budgetline WHERE id = ANY (p_lines) ORDER BY id FOR NO KEY UPDATE;
END $$;

-- One transfer drawn from the given lines, in their rank. The lines are locked already. Runs as its
-- caller: only the functions below, which run as the owner, can use it.
DROP FUNCTION IF EXISTS funds_put(
    text, text, text, bigint, bigint[], jsonb, text, timestamptz, bigint, text);
CREATE FUNCTION funds_put(
    p_key text, p_kind text, p_subject text, p_amount bigint, p_lines bigint[], p_request jsonb,
    p_memo text, p_at timestamptz, p_by bigint, p_by_name text
) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint;
    v_request jsonb;
    v_leaves text;
    v_enters text;
    v_drawn bigint;
BEGIN
    SELECT w.leaves, w.enters INTO v_leaves, v_enters FROM funds_ways() w WHERE w.kind = p_kind;
    IF v_leaves IS NULL THEN
        RAISE EXCEPTION '没有这种收支' USING ERRCODE = 'TY005';
    END IF;
    INSERT INTO funds_transfer (
        key, kind, subject, amount_fen, request, memo, region_code, at, by_id, by_name)
    VALUES (p_key, p_kind, p_subject, p_amount, p_request, left(p_memo, 200),
        coalesce((SELECT min(region_code) FROM funds_budgetline WHERE id = ANY (p_lines)), ''),
        p_at, p_by, p_by_name)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN  -- done before: the same content is the same answer
        SELECT t.id, t.request INTO v_id, v_request FROM funds_transfer t WHERE t.key = p_key;
        IF v_request IS DISTINCT FROM p_request THEN
            RAISE EXCEPTION '这个唯一号已用于另一内容' USING ERRCODE = 'TY002';
        END IF;
        RETURN v_id;
    END IF;
    WITH held AS (
        SELECT l.id, l.rank, l.region_code, f.id AS credit_id, t.id AS debit_id,
            CASE v_leaves WHEN 'source' THEN p_amount WHEN 'available' THEN f.balance_fen
                ELSE coalesce(p.balance_fen, 0) END AS fen
        FROM funds_budgetline l
        JOIN funds_account f ON f.line_id = l.id AND f.kind = v_leaves
        JOIN funds_account t ON t.line_id = l.id AND t.kind = v_enters
        LEFT JOIN funds_position p ON p.account_id = f.id AND p.subject = p_subject
        WHERE l.id = ANY (p_lines)
    ), upto AS (
        SELECT h.*, coalesce(sum(h.fen) OVER (ORDER BY h.rank, h.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS before
        FROM held h WHERE h.fen > 0
    ), drawn AS (
        INSERT INTO funds_entry (transfer_id, debit_id, credit_id, amount_fen, subject, region_code)
        SELECT v_id, u.debit_id, u.credit_id, least(u.fen, p_amount - u.before), p_subject,
            u.region_code
        FROM upto u WHERE u.before < p_amount
            AND p_amount <= (SELECT max(x.before + x.fen) FROM upto x)
        ORDER BY u.rank, u.id
        RETURNING amount_fen
    )
    SELECT coalesce(sum(d.amount_fen), 0) INTO v_drawn FROM drawn d;
    IF v_drawn <> p_amount THEN
        SELECT coalesce(sum(CASE v_leaves WHEN 'available' THEN f.balance_fen
                ELSE coalesce(p.balance_fen, 0) END), 0) INTO v_drawn
        FROM funds_account f
        LEFT JOIN funds_position p ON p.account_id = f.id AND p.subject = p_subject
        WHERE f.line_id = ANY (p_lines) AND f.kind = v_leaves;
        RAISE EXCEPTION '余额不足' USING ERRCODE = 'TY001', DETAIL = (p_amount - v_drawn)::text;
    END IF;
    RETURN v_id;
END $$;

-- The lines in which a subject has, or had, money.
CREATE OR REPLACE FUNCTION funds_lines_of(p_subject text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT a.line_id), '{}') FROM funds_position p
    JOIN funds_account a ON a.id = p.account_id WHERE p.subject = p_subject
$$;

CREATE OR REPLACE FUNCTION funds_lines_for(p_programme text, p_year int, p_units text[])
RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{}') FROM funds_budgetline
    WHERE programme = p_programme AND year = p_year AND unit_code = ANY (p_units)
$$;

CREATE OR REPLACE FUNCTION funds_of(p_subject text)
RETURNS TABLE (kind text, fen bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT a.kind::text, sum(p.balance_fen)::bigint FROM funds_position p
    JOIN funds_account a ON a.id = p.account_id
    WHERE p.subject = p_subject AND p.balance_fen > 0 GROUP BY a.kind
$$;

-- 下达或收回预算：the line is opened by its first allotment.
DROP FUNCTION IF EXISTS funds_allot(text, text, int, text, text, text, text, int, text, bigint,
    text, timestamptz, bigint, text);
CREATE FUNCTION funds_allot(
    p_key text, p_kind text, p_year int, p_unit text, p_region text, p_programme text,
    p_source text, p_rank int, p_document text, p_amount bigint, p_memo text, p_at timestamptz,
    p_by bigint, p_by_name text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_line bigint;
BEGIN
    IF p_kind = 'allot' THEN
        INSERT INTO funds_budgetline (year, unit_code, region_code, programme, source, rank,
            document_no, opened_at, opened_by_name)
        VALUES (p_year, p_unit, p_region, p_programme, p_source, p_rank, p_document, p_at,
            p_by_name)
        ON CONFLICT (year, programme, unit_code, source) DO NOTHING;
    END IF;
    SELECT id INTO v_line FROM funds_budgetline WHERE year = p_year AND unit_code = p_unit
        AND programme = p_programme AND source = p_source;
    IF v_line IS NULL THEN
        RAISE EXCEPTION '没有这条预算' USING ERRCODE = 'TY005';
    END IF;
    PERFORM funds_hold(ARRAY[v_line]);
    PERFORM funds_put(p_key, p_kind, '', p_amount, ARRAY[v_line], jsonb_build_object(
        'year', p_year, 'unit', p_unit, 'programme', p_programme, 'source', p_source,
        'kind', p_kind, 'fen', p_amount, 'document', p_document),
        p_document || CASE WHEN p_memo = '' THEN '' ELSE ' ' || p_memo END,
        p_at, p_by, p_by_name);
    RETURN v_line;
END $$;

-- 预留：while a reservation of the subject lives, the same amount is the same answer. When all of it
-- was given back, the next one is a new turn.
DROP FUNCTION IF EXISTS funds_reserve(text, text, text, int, bigint, text, timestamptz, bigint,
    text);
CREATE FUNCTION funds_reserve(
    p_subject text, p_programme text, p_unit text, p_year int, p_amount bigint, p_memo text,
    p_at timestamptz, p_by bigint, p_by_name text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_lines bigint[];
    v_turn int;
BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO v_lines FROM funds_budgetline
    WHERE programme = p_programme AND unit_code = p_unit AND year = p_year;
    PERFORM funds_hold(v_lines || funds_lines_of(p_subject));
    SELECT count(*) INTO v_turn FROM funds_transfer t
    WHERE t.subject = p_subject AND t.kind = 'reserve';
    IF v_turn = 0 OR NOT EXISTS (SELECT FROM funds_of(p_subject)) THEN
        v_turn := v_turn + 1;
    END IF;
    RETURN funds_put(p_subject || '/reserve/' || v_turn, 'reserve', p_subject, p_amount, v_lines,
        jsonb_build_object('programme', p_programme, 'unit', p_unit, 'year', p_year,
            'fen', p_amount), p_memo, p_at, p_by, p_by_name);
END $$;

-- 承诺：reserved → committed; what is not needed is freed in the same act.
DROP FUNCTION IF EXISTS funds_commit(text, bigint, timestamptz, bigint, text);
CREATE FUNCTION funds_commit(
    p_subject text, p_amount bigint, p_at timestamptz, p_by bigint, p_by_name text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_lines bigint[] := funds_lines_of(p_subject);
    v_turn int;
    v_id bigint;
    v_rest bigint;
BEGIN
    PERFORM funds_hold(v_lines);
    SELECT count(*) INTO v_turn FROM funds_transfer t
    WHERE t.subject = p_subject AND t.kind = 'reserve';
    IF NOT EXISTS (SELECT FROM funds_of(p_subject)) THEN
        RAISE EXCEPTION '没有预留' USING ERRCODE = 'TY003';
    END IF;
    v_id := funds_put(p_subject || '/commit/' || v_turn, 'commit', p_subject, p_amount, v_lines,
        jsonb_build_object('fen', p_amount), '', p_at, p_by, p_by_name);
    SELECT f.fen INTO v_rest FROM funds_of(p_subject) f WHERE f.kind = 'reserved';
    IF v_rest > 0 THEN
        PERFORM funds_put(p_subject || '/rest/' || v_turn, 'free', p_subject, v_rest, v_lines,
            jsonb_build_object('fen', v_rest), '承诺小于预留，余额释放', p_at, p_by, p_by_name);
    END IF;
    RETURN v_id;
END $$;

-- 释放：what is reserved or committed and not yet ordered goes back. Answers the fen given back.
DROP FUNCTION IF EXISTS funds_free(text, text, timestamptz, bigint, text);
CREATE FUNCTION funds_free(
    p_subject text, p_memo text, p_at timestamptz, p_by bigint, p_by_name text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_lines bigint[] := funds_lines_of(p_subject);
    v_turn int;
    v_sum bigint := 0;
    v_held record;
BEGIN
    PERFORM funds_hold(v_lines);
    IF EXISTS (SELECT FROM funds_of(p_subject) f WHERE f.kind IN ('ordered', 'paid')) THEN
        RAISE EXCEPTION '已编入付款' USING ERRCODE = 'TY004';
    END IF;
    SELECT count(*) INTO v_turn FROM funds_transfer t
    WHERE t.subject = p_subject AND t.kind = 'reserve';
    FOR v_held IN SELECT f.kind, f.fen FROM funds_of(p_subject) f
        WHERE f.kind IN ('reserved', 'committed') ORDER BY f.kind
    LOOP
        PERFORM funds_put(
            p_subject || CASE v_held.kind WHEN 'reserved' THEN '/free/' ELSE '/uncommit/' END
                || v_turn,
            CASE v_held.kind WHEN 'reserved' THEN 'free' ELSE 'uncommit' END,
            p_subject, v_held.fen, v_lines, jsonb_build_object('fen', v_held.fen), p_memo, p_at,
            p_by, p_by_name);
        v_sum := v_sum + v_held.fen;
    END LOOP;
    RETURN v_sum;
END $$;

-- 记账：what happens to a subject's money after it was committed (order, settle, bounce, claim…).
-- p_moves: JSON array of {key, kind, subject, fen, memo}; all lines are locked before the first.
DROP FUNCTION IF EXISTS funds_post(jsonb, timestamptz, bigint, text);
CREATE FUNCTION funds_post(p_moves jsonb, p_at timestamptz, p_by bigint, p_by_name text)
RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_move record;
    v_done bigint[] := '{}';
BEGIN
    PERFORM funds_hold((SELECT coalesce(array_agg(DISTINCT a.line_id), '{}')
        FROM funds_position p JOIN funds_account a ON a.id = p.account_id
        WHERE p.subject IN (SELECT m ->> 'subject' FROM jsonb_array_elements(p_moves) m)));
    FOR v_move IN SELECT * FROM jsonb_to_recordset(p_moves)
        AS m(key text, kind text, subject text, fen bigint, memo text)
    LOOP
        IF v_move.kind IN ('allot', 'withdraw', 'reserve') THEN
            RAISE EXCEPTION '没有这种收支' USING ERRCODE = 'TY005';
        END IF;
        v_done := v_done || funds_put(v_move.key, v_move.kind, v_move.subject, v_move.fen,
            funds_lines_of(v_move.subject), jsonb_build_object('kind', v_move.kind, 'subject',
                v_move.subject, 'fen', v_move.fen),
            coalesce(v_move.memo, ''), p_at, p_by, p_by_name);
    END LOOP;
    RETURN v_done;
END $$;

-- 冲正：the same entries with their sides changed; a transfer is reversed at most once.
DROP FUNCTION IF EXISTS funds_reverse(text, text, text, timestamptz, bigint, text);
CREATE FUNCTION funds_reverse(
    p_key text, p_of text, p_memo text, p_at timestamptz, p_by bigint, p_by_name text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_old funds_transfer%ROWTYPE;
    v_id bigint;
    v_request jsonb;
BEGIN
    SELECT * INTO v_old FROM funds_transfer WHERE key = p_of;
    IF v_old.id IS NULL OR v_old.kind = 'reverse' THEN
        RAISE EXCEPTION '没有可冲正的收支' USING ERRCODE = 'TY005';
    END IF;
    PERFORM funds_hold((SELECT array_agg(DISTINCT a.line_id) FROM funds_entry e
        JOIN funds_account a ON a.id = e.debit_id WHERE e.transfer_id = v_old.id));
    INSERT INTO funds_transfer (
        key, kind, subject, amount_fen, request, memo, region_code, at, by_id, by_name, reverses_id)
    VALUES (p_key, 'reverse', v_old.subject, v_old.amount_fen, jsonb_build_object('of', p_of),
        left(p_memo, 200), v_old.region_code, p_at, p_by, p_by_name, v_old.id)
    ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        SELECT t.id, t.request INTO v_id, v_request FROM funds_transfer t WHERE t.key = p_key;
        IF v_request IS DISTINCT FROM jsonb_build_object('of', p_of) THEN
            RAISE EXCEPTION '这笔收支已经冲正过' USING ERRCODE = 'TY002';
        END IF;
        RETURN v_id;
    END IF;
    INSERT INTO funds_entry (transfer_id, debit_id, credit_id, amount_fen, subject, region_code)
    SELECT v_id, e.credit_id, e.debit_id, e.amount_fen, e.subject, e.region_code
    FROM funds_entry e WHERE e.transfer_id = v_old.id ORDER BY e.id;
    RETURN v_id;
END $$;
