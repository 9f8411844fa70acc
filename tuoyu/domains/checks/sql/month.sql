-- 当月的打卡与日考勤：made once a run, so that each rule reads a month and not the whole history.
CREATE TEMP TABLE month_events ON COMMIT DROP AS
SELECT id, child_id, institution_id, day, kind, at, device_id, user_id, method, flags
FROM attendance_event WHERE day >= %(lo)s AND day < %(hi)s AND kind IN (1, 2);
CREATE TEMP TABLE month_sheets ON COMMIT DROP AS
SELECT id, child_id, institution_id, class_group_id, day, status, in_at, out_at
FROM attendance_daysheet WHERE day >= %(lo)s AND day < %(hi)s;
CREATE INDEX ON month_sheets (child_id, day);
ANALYZE month_events;
ANALYZE month_sheets;
