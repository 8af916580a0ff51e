-- What was known when. A superseded version of a report row stays in report_revisions for good, so
-- the past can be asked for: the functions below put the tables of an instant together again.

-- A version is evidence: it is never changed, and only its retention, or the end of its shop, may
-- delete it. Retention says so by SET LOCAL engine.retention = 'on' in its own transaction.
CREATE FUNCTION report_revisions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (
    current_setting('engine.retention', true) = 'on'
    OR NOT EXISTS (SELECT FROM shops WHERE shops.shop_id = OLD.shop_id)
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'report_revisions is append-only: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation',
          HINT = 'REPORTS_REVISION_KEEP_DAYS removes old versions at the end of a run.';
END $$;

CREATE TRIGGER report_revisions_keep_rows BEFORE UPDATE OR DELETE ON "report_revisions"
  FOR EACH ROW EXECUTE FUNCTION report_revisions_append_only();
CREATE TRIGGER report_revisions_keep_table BEFORE TRUNCATE ON "report_revisions"
  FOR EACH STATEMENT EXECUTE FUNCTION report_revisions_append_only();

-- A version as one object with the column names of its report table.
CREATE FUNCTION report_row(version report_revisions) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT version.metrics || jsonb_build_object(
    'shop_id', version.shop_id, 'listing_id', version.listing_id, 'sku', version.sku,
    'period_type', version.period_type, 'period_start', version.period_start,
    'period_end', version.period_end, 'period_days', version.period_days,
    'elapsed_days', version.elapsed_days, 'is_complete', version.is_complete,
    'currency', version.currency, 'run_id', version.run_id, 'computed_at', version.known_from,
    'row_hash', version.row_hash)
$$;

-- The report tables as they stood at an instant. Text and date columns would be guessed in the zone
-- of the session, so there is no form that takes a date: ask report_end_of_day for its last instant.
CREATE FUNCTION shop_reports_as_of(instant timestamptz) RETURNS SETOF shop_reports
LANGUAGE sql STABLE AS $$
  SELECT live.* FROM shop_reports live WHERE live.computed_at <= instant
  UNION ALL
  SELECT row.* FROM report_revisions old,
    LATERAL jsonb_populate_record(NULL::shop_reports, report_row(old)) row
  WHERE old.level = 'SHOP' AND old.known_from <= instant AND instant < old.known_to
$$;

CREATE FUNCTION listing_reports_as_of(instant timestamptz) RETURNS SETOF listing_reports
LANGUAGE sql STABLE AS $$
  SELECT live.* FROM listing_reports live WHERE live.computed_at <= instant
  UNION ALL
  SELECT row.* FROM report_revisions old,
    LATERAL jsonb_populate_record(NULL::listing_reports, report_row(old)) row
  WHERE old.level = 'LISTING' AND old.known_from <= instant AND instant < old.known_to
$$;

CREATE FUNCTION product_reports_as_of(instant timestamptz) RETURNS SETOF product_reports
LANGUAGE sql STABLE AS $$
  SELECT live.* FROM product_reports live WHERE live.computed_at <= instant
  UNION ALL
  SELECT row.* FROM report_revisions old,
    LATERAL jsonb_populate_record(NULL::product_reports, report_row(old)) row
  WHERE old.level = 'PRODUCT' AND old.known_from <= instant AND instant < old.known_to
$$;

-- The last millisecond of a shop's local day; NULL for a shop that does not exist. Where clocks go
-- back at midnight the next day begins the first time that they show it.
CREATE FUNCTION report_end_of_day(shop bigint, day date) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce(
      (SELECT min(at) FROM (VALUES (next.at - interval '1 hour'), (next.at)) candidate(at)
       WHERE candidate.at AT TIME ZONE shops.time_zone = (day + 1)::timestamp),
      next.at
    ) - interval '1 millisecond'
  FROM shops, LATERAL (SELECT (day + 1)::timestamp AT TIME ZONE shops.time_zone AS at) next
  WHERE shops.shop_id = shop
$$;
