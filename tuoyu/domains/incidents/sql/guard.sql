-- 强制报告的数据库防护：nobody deletes or changes a report, not even the owner of the database;
-- and it is read only while the transaction says for which of the few it is opened.
CREATE OR REPLACE FUNCTION incidents_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '强制报告不得修改或删除' USING ERRCODE = 'TY011';
END $$;

DROP TRIGGER IF EXISTS keep ON incidents_mandatoryreport;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON incidents_mandatoryreport
  FOR EACH ROW EXECUTE FUNCTION incidents_keep();
DROP TRIGGER IF EXISTS keep_all ON incidents_mandatoryreport;
CREATE TRIGGER keep_all BEFORE TRUNCATE ON incidents_mandatoryreport
  EXECUTE FUNCTION incidents_keep();
DROP TRIGGER IF EXISTS keep ON incidents_mandatorystep;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON incidents_mandatorystep
  FOR EACH ROW EXECUTE FUNCTION incidents_keep();
DROP TRIGGER IF EXISTS keep_all ON incidents_mandatorystep;
CREATE TRIGGER keep_all BEFORE TRUNCATE ON incidents_mandatorystep
  EXECUTE FUNCTION incidents_keep();

-- On top of the ordinary scope (which every member of an institution shares): restrictive, so it
-- can only narrow. Writing stays open, since everybody has the duty to report.
DROP POLICY IF EXISTS the_few ON incidents_mandatoryreport;
CREATE POLICY the_few ON incidents_mandatoryreport AS RESTRICTIVE FOR SELECT
  USING (coalesce(current_setting('app.protection_reader', true), '') <> '');
DROP POLICY IF EXISTS the_few ON incidents_mandatorystep;
CREATE POLICY the_few ON incidents_mandatorystep AS RESTRICTIVE FOR SELECT
  USING (coalesce(current_setting('app.protection_reader', true), '') <> '');

-- A draft of an incident is the institution's own until it is shared with the family; the county
-- sees what was filed.
DROP POLICY IF EXISTS shared_only ON incidents_incident;
CREATE POLICY shared_only ON incidents_incident AS RESTRICTIVE FOR ALL
  USING ((current_user <> 'tuoyu_family' OR shared_at IS NOT NULL)
    AND (current_user <> 'tuoyu_region' OR state = 'filed'));
