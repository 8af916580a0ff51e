-- The settings may say how long the reports keep single days and superseded versions. What a run
-- deletes for that reason it counts.
ALTER TABLE "report_runs" ADD COLUMN     "revisions_expired" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "rows_expired" BIGINT NOT NULL DEFAULT 0;

-- A version goes with its shop, or by the retention of a run of its shop that is under way, which
-- names itself. The first complete version of a row does not go that way either.
CREATE OR REPLACE FUNCTION report_revisions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM shops WHERE shops.shop_id = OLD.shop_id) THEN
      RETURN OLD;
    END IF;
    IF EXISTS (
      SELECT FROM report_runs run WHERE run.shop_id = OLD.shop_id AND run.status = 'RUNNING'
      AND run.run_id::text = current_setting('engine.retention_of_run', true)
    ) AND (NOT OLD.is_complete OR EXISTS (
      SELECT FROM report_revisions first WHERE first.shop_id = OLD.shop_id
      AND first.level = OLD.level AND first.period_type = OLD.period_type
      AND first.period_start = OLD.period_start AND first.is_complete
      AND first.listing_id IS NOT DISTINCT FROM OLD.listing_id
      AND first.sku IS NOT DISTINCT FROM OLD.sku AND first.known_from < OLD.known_from
    )) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'report_revisions is append-only: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation',
          HINT = 'A version goes with its shop, or when REPORTS_REVISION_KEEP_DAYS says so.';
END $$;
