-- Versions of report rows are kept for as long as their shop: nothing else may delete one.
CREATE OR REPLACE FUNCTION report_revisions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM shops WHERE shops.shop_id = OLD.shop_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'report_revisions is append-only: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation',
          HINT = 'The versions of a shop are deleted with the shop itself, never alone.';
END $$;
