-- 领取：one call from the tap to the voucher, so that the campaign's line moves fast.
--
-- voucher_issue writes the row and its claim entry. voucher_claim decides under the campaign's lock:
-- the same tap again, a place already in line, the child's limit, the quota, else the waiting list.
-- Who may claim (own child, age, region, window) was checked by the caller.
CREATE OR REPLACE FUNCTION voucher_issue(
    p_campaign bigint, p_child bigint, p_region text, p_at timestamptz, p_expires timestamptz,
    p_secret bytea, p_code_no int, p_code_index bytea, p_key text, p_user bigint, p_name text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint;
BEGIN
    IF EXISTS (SELECT FROM vouchers_voucher o WHERE o.code_index = p_code_index) THEN
        RETURN NULL;  -- another voucher has these eight digits: the caller draws the next
    END IF;
    INSERT INTO vouchers_voucher (campaign_id, child_id, region_code, state, face_fen, claimed_at,
        expires_at, secret, code_no, code_index)
    SELECT p_campaign, p_child, p_region, 'new', c.face_fen, p_at, p_expires, p_secret, p_code_no,
        p_code_index
    FROM vouchers_campaign c WHERE c.id = p_campaign
    RETURNING id INTO v_id;
    INSERT INTO vouchers_voucherentry (campaign_id, voucher_id, child_id, region_code, kind, source,
        target, units, amount_fen, key, reason, at, by_user_id, by_name)
    VALUES (p_campaign, v_id, p_child, p_region, 'claim', '', '', 1, 0, p_key, '', p_at, p_user,
        p_name);
    RETURN v_id;
END $$;

CREATE OR REPLACE FUNCTION voucher_claim(
    p_campaign bigint, p_child bigint, p_region text, p_at timestamptz, p_expires timestamptz,
    p_secret bytea, p_code_no int, p_code_index bytea, p_key text, p_user bigint, p_name text
) RETURNS TABLE (outcome text, voucher_id bigint, applicant_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b vouchers_balance%ROWTYPE;
    c vouchers_campaign%ROWTYPE;
    e vouchers_voucherentry%ROWTYPE;
    v_applicant bigint;
BEGIN
    SELECT * INTO b FROM vouchers_balance WHERE campaign_id = p_campaign FOR UPDATE;
    SELECT * INTO c FROM vouchers_campaign WHERE id = p_campaign;
    SELECT * INTO e FROM vouchers_voucherentry x
    WHERE x.campaign_id = p_campaign AND x.key = p_key;
    IF FOUND THEN
        outcome := CASE WHEN e.kind = 'claim' AND e.child_id = p_child THEN 'voucher'
                        ELSE 'key-reused' END;
        voucher_id := e.voucher_id;
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT a.id INTO v_applicant FROM vouchers_applicant a
    WHERE a.campaign_id = p_campaign AND a.child_id = p_child AND a.left_at IS NULL;
    IF FOUND THEN
        outcome := 'waits';
        applicant_id := v_applicant;
        RETURN NEXT;
        RETURN;
    END IF;
    IF (SELECT count(*) FROM vouchers_voucher o WHERE o.campaign_id = p_campaign
        AND o.child_id = p_child AND o.state NOT IN ('new', 'revoked')) >= c.per_child THEN
        outcome := 'child-limit';
    ELSIF c.mode = 'first' AND b.issued - b.returned < b.quota AND NOT EXISTS (
        SELECT FROM vouchers_applicant a
        WHERE a.campaign_id = p_campaign AND a.left_at IS NULL AND a.place IS NOT NULL) THEN
        outcome := 'voucher';
        voucher_id := voucher_issue(p_campaign, p_child, p_region, p_at, p_expires, p_secret,
            p_code_no, p_code_index, p_key, p_user, p_name);
        IF voucher_id IS NULL THEN
            outcome := 'code-taken';
        END IF;
    ELSE
        INSERT INTO vouchers_applicant (campaign_id, child_id, region_code, number, place,
            entered_at, left_why)
        SELECT p_campaign, p_child, p_region, coalesce(max(a.number), 0) + 1,
            CASE WHEN c.mode = 'first' THEN coalesce(max(a.place), 0) + 1 END, p_at, ''
        FROM vouchers_applicant a WHERE a.campaign_id = p_campaign
        RETURNING id INTO v_applicant;
        outcome := 'waits';
        applicant_id := v_applicant;
    END IF;
    RETURN NEXT;
END $$;
