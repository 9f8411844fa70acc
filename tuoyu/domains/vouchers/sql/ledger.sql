-- 托育券的账：an entry is the only way by which a voucher or a campaign's balance changes.
--
-- voucher_post runs before an entry is stored, under the lock of the campaign's balance. It checks
-- the move, the window, the quota and the child's limit, then moves the voucher and the sums; the
-- constraints of vouchers_balance hold after every statement. Refusals carry SQLSTATE TY001 and a
-- short code, which the service turns into a sentence.
CREATE OR REPLACE FUNCTION voucher_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b vouchers_balance%ROWTYPE;
    v vouchers_voucher%ROWTYPE;
    v_limit int;
BEGIN
    SELECT * INTO b FROM vouchers_balance WHERE campaign_id = NEW.campaign_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no-balance' USING ERRCODE = 'TY001';
    END IF;
    IF EXISTS (SELECT FROM vouchers_voucherentry e  -- also when ON CONFLICT would pass over it
               WHERE e.campaign_id = NEW.campaign_id AND e.key = NEW.key) THEN
        RAISE EXCEPTION 'replayed' USING ERRCODE = 'TY001';
    END IF;
    IF NEW.kind = 'fund' THEN
        NEW.source := '';
        NEW.target := 'free';
        UPDATE vouchers_balance SET quota = quota + NEW.units,
            budget_fen = budget_fen + NEW.amount_fen, free_fen = free_fen + NEW.amount_fen
        WHERE campaign_id = NEW.campaign_id;
        RETURN NEW;
    END IF;
    SELECT * INTO v FROM vouchers_voucher
    WHERE id = NEW.voucher_id AND campaign_id = NEW.campaign_id FOR UPDATE;
    IF NOT FOUND OR NEW.units <> 1 THEN
        RAISE EXCEPTION 'no-voucher' USING ERRCODE = 'TY001';
    END IF;
    NEW.source := v.state;
    NEW.child_id := v.child_id;

    IF NEW.kind = 'claim' AND v.state = 'new' THEN
        IF b.issued - b.returned >= b.quota THEN
            RAISE EXCEPTION 'sold-out' USING ERRCODE = 'TY001';
        END IF;
        SELECT per_child INTO v_limit FROM vouchers_campaign WHERE id = NEW.campaign_id;
        IF (SELECT count(*) FROM vouchers_voucher o WHERE o.campaign_id = v.campaign_id
            AND o.child_id = v.child_id AND o.state NOT IN ('new', 'revoked')) >= v_limit THEN
            RAISE EXCEPTION 'child-limit' USING ERRCODE = 'TY001';
        END IF;
        NEW.target := 'outstanding';
        NEW.amount_fen := v.face_fen;
        UPDATE vouchers_balance SET issued = issued + 1, outstanding = outstanding + 1,
            free_fen = free_fen - v.face_fen, outstanding_fen = outstanding_fen + v.face_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'outstanding', number = b.issued + 1,
            serial = b.issued - b.returned + 1 WHERE id = v.id;
    ELSIF NEW.kind = 'hold' AND v.state = 'outstanding' THEN
        IF NEW.at >= v.expires_at THEN
            RAISE EXCEPTION 'expired' USING ERRCODE = 'TY001';
        END IF;
        NEW.target := 'held';
        NEW.amount_fen := v.face_fen;
        UPDATE vouchers_balance SET outstanding = outstanding - 1, held = held + 1,
            outstanding_fen = outstanding_fen - v.face_fen, held_fen = held_fen + v.face_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'held', institution_id = NEW.institution_id,
            region_code = NEW.region_code, held_until = NEW.at + interval '30 minutes'
        WHERE id = v.id;
    ELSIF NEW.kind = 'release' AND v.state = 'held' THEN
        NEW.target := 'outstanding';
        NEW.amount_fen := v.face_fen;
        UPDATE vouchers_balance SET outstanding = outstanding + 1, held = held - 1,
            outstanding_fen = outstanding_fen + v.face_fen, held_fen = held_fen - v.face_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'outstanding', institution_id = NULL,
            held_until = NULL WHERE id = v.id;
    ELSIF NEW.kind = 'redeem' AND v.state = 'held' THEN
        IF NEW.at >= v.expires_at THEN
            RAISE EXCEPTION 'expired' USING ERRCODE = 'TY001';
        END IF;
        IF NEW.institution_id IS DISTINCT FROM v.institution_id THEN
            RAISE EXCEPTION 'held-elsewhere' USING ERRCODE = 'TY001';
        END IF;
        IF NEW.amount_fen <= 0 OR NEW.amount_fen > v.face_fen THEN
            RAISE EXCEPTION 'bad-amount' USING ERRCODE = 'TY001';
        END IF;
        NEW.target := 'redeemed';
        UPDATE vouchers_balance SET held = held - 1, redeemed = redeemed + 1,
            held_fen = held_fen - v.face_fen, redeemed_fen = redeemed_fen + NEW.amount_fen,
            free_fen = free_fen + v.face_fen - NEW.amount_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'redeemed', held_until = NULL WHERE id = v.id;
    ELSIF NEW.kind = 'reverse' AND v.state = 'redeemed' THEN  -- wrongly redeemed: the family's again
        IF NEW.reason = '' THEN
            RAISE EXCEPTION 'no-reason' USING ERRCODE = 'TY001';
        END IF;
        IF NEW.amount_fen IS DISTINCT FROM (
            SELECT e.amount_fen FROM vouchers_voucherentry e
            WHERE e.voucher_id = v.id AND e.kind = 'redeem' ORDER BY e.id DESC LIMIT 1) THEN
            RAISE EXCEPTION 'bad-amount' USING ERRCODE = 'TY001';
        END IF;
        NEW.target := 'outstanding';
        UPDATE vouchers_balance SET outstanding = outstanding + 1, redeemed = redeemed - 1,
            outstanding_fen = outstanding_fen + v.face_fen,
            redeemed_fen = redeemed_fen - NEW.amount_fen,
            free_fen = free_fen - (v.face_fen - NEW.amount_fen)
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'outstanding', institution_id = NULL WHERE id = v.id;
    ELSIF NEW.kind = 'expire' AND v.state = 'outstanding' THEN
        IF NEW.at < v.expires_at THEN
            RAISE EXCEPTION 'not-expired' USING ERRCODE = 'TY001';
        END IF;
        NEW.target := 'expired';
        NEW.amount_fen := v.face_fen;
        UPDATE vouchers_balance SET outstanding = outstanding - 1, expired = expired + 1,
            outstanding_fen = outstanding_fen - v.face_fen, lapsed_fen = lapsed_fen + v.face_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'expired' WHERE id = v.id;
    ELSIF NEW.kind = 'revoke' AND v.state IN ('outstanding', 'held') THEN
        IF NEW.reason = '' THEN
            RAISE EXCEPTION 'no-reason' USING ERRCODE = 'TY001';
        END IF;
        NEW.target := 'revoked';
        NEW.amount_fen := v.face_fen;
        UPDATE vouchers_balance SET revoked = revoked + 1,
            outstanding = outstanding - (v.state = 'outstanding')::int,
            held = held - (v.state = 'held')::int,
            outstanding_fen = outstanding_fen - (v.state = 'outstanding')::int * v.face_fen,
            held_fen = held_fen - (v.state = 'held')::int * v.face_fen,
            lapsed_fen = lapsed_fen + v.face_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET state = 'revoked', institution_id = NULL, held_until = NULL
        WHERE id = v.id;
    ELSIF NEW.kind = 'return' AND v.state IN ('expired', 'revoked')
          AND v.returned_at IS NULL THEN
        NEW.target := 'free';
        NEW.amount_fen := v.face_fen;
        UPDATE vouchers_balance SET returned = returned + 1,
            lapsed_fen = lapsed_fen - v.face_fen, free_fen = free_fen + v.face_fen
        WHERE campaign_id = NEW.campaign_id;
        UPDATE vouchers_voucher SET returned_at = NEW.at WHERE id = v.id;
    ELSE
        RAISE EXCEPTION 'moved-on:%', v.state USING ERRCODE = 'TY001';
    END IF;
    RETURN NEW;
END $$;

-- What the entries write, nobody else may write; what is written stays.
CREATE OR REPLACE FUNCTION voucher_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION '托育券的账只能由分录改变（%，%）', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'TY002';
END $$;

DROP TRIGGER IF EXISTS post ON vouchers_voucherentry;
CREATE TRIGGER post BEFORE INSERT ON vouchers_voucherentry
    FOR EACH ROW EXECUTE FUNCTION voucher_post();
DROP TRIGGER IF EXISTS stays ON vouchers_voucherentry;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON vouchers_voucherentry
    FOR EACH ROW EXECUTE FUNCTION voucher_guard();
DROP TRIGGER IF EXISTS by_entry ON vouchers_balance;
CREATE TRIGGER by_entry BEFORE UPDATE OR DELETE ON vouchers_balance
    FOR EACH ROW EXECUTE FUNCTION voucher_guard();
DROP TRIGGER IF EXISTS from_nothing ON vouchers_balance;
CREATE TRIGGER from_nothing BEFORE INSERT ON vouchers_balance
    FOR EACH ROW WHEN (NEW.quota <> 0 OR NEW.issued <> 0 OR NEW.budget_fen <> 0)
    EXECUTE FUNCTION voucher_guard();
DROP TRIGGER IF EXISTS by_entry ON vouchers_voucher;
CREATE TRIGGER by_entry BEFORE UPDATE OF state, number, serial, returned_at, face_fen, child_id,
    campaign_id, institution_id, held_until, expires_at OR DELETE ON vouchers_voucher
    FOR EACH ROW EXECUTE FUNCTION voucher_guard();
DROP TRIGGER IF EXISTS from_nothing ON vouchers_voucher;
CREATE TRIGGER from_nothing BEFORE INSERT ON vouchers_voucher
    FOR EACH ROW WHEN (NEW.state <> 'new' OR NEW.number IS NOT NULL)
    EXECUTE FUNCTION voucher_guard();

-- A voucher nobody claimed does not survive its transaction.
CREATE OR REPLACE FUNCTION voucher_claimed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM vouchers_voucher WHERE id = NEW.id AND state = 'new') THEN
        RAISE EXCEPTION '券须由领取分录发出' USING ERRCODE = 'TY002';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS is_claimed ON vouchers_voucher;
CREATE CONSTRAINT TRIGGER is_claimed AFTER INSERT ON vouchers_voucher
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION voucher_claimed();
