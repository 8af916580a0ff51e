-- A first run writes up to a million wide rows, and a third of the server's work on them was looking
-- after run_id: a foreign key that was looked up anew for each row, and an index of one value.

-- Rows of one run lie side by side, so the borders of a range of blocks are index enough.
DROP INDEX "idx_shop_reports_run_id";
DROP INDEX "idx_listing_reports_run_id";
DROP INDEX "idx_product_reports_run_id";
CREATE INDEX "idx_shop_reports_run_id" ON "shop_reports" USING BRIN ("run_id");
CREATE INDEX "idx_listing_reports_run_id" ON "listing_reports" USING BRIN ("run_id");
CREATE INDEX "idx_product_reports_run_id" ON "product_reports" USING BRIN ("run_id");

-- A run writes its rows while it holds its own row locked, so their run exists. That it stays for
-- as long as a row names it, and its shop is there, is what this trigger sees to.
ALTER TABLE "shop_reports" DROP CONSTRAINT "shop_reports_run_id_fkey";
ALTER TABLE "listing_reports" DROP CONSTRAINT "listing_reports_run_id_fkey";
ALTER TABLE "product_reports" DROP CONSTRAINT "product_reports_run_id_fkey";

CREATE FUNCTION report_runs_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM shops WHERE shops.shop_id = OLD.shop_id) AND (
    EXISTS (SELECT FROM shop_reports WHERE run_id = OLD.run_id)
    OR EXISTS (SELECT FROM listing_reports WHERE run_id = OLD.run_id)
    OR EXISTS (SELECT FROM product_reports WHERE run_id = OLD.run_id)
  ) THEN
    RAISE EXCEPTION 'run % has rows in the report tables: % is refused', OLD.run_id, TG_OP
      USING ERRCODE = 'foreign_key_violation',
            HINT = 'A run goes with its shop, or when later runs have rewritten all its rows.';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER report_runs_stay_named BEFORE DELETE OR UPDATE OF "run_id" ON "report_runs"
  FOR EACH ROW EXECUTE FUNCTION report_runs_stay();
