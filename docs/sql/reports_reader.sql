-- A role that may read the reports and nothing else: no order, no buyer.
--
-- Run it once as the owner of the database, after the first report run, with a password of your own:
--   psql "$DATABASE_URL" -v password="'a long one'" -f docs/sql/reports_reader.sql
-- Run it again after an update that adds views.

SELECT 'CREATE ROLE reports_reader LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reports_reader') \gexec
ALTER ROLE reports_reader PASSWORD :password;
ALTER ROLE reports_reader SET default_transaction_read_only = on;
ALTER ROLE reports_reader SET statement_timeout = '60s';

GRANT USAGE ON SCHEMA public TO reports_reader;
GRANT SELECT ON
  shop_reports, listing_reports, product_reports,
  report_revisions, report_restatements, report_runs, report_alerts,
  shop_daily, shop_weekly, shop_monthly, shop_quarterly, shop_yearly,
  listing_daily, listing_weekly, listing_monthly, listing_quarterly, listing_yearly,
  product_daily, product_weekly, product_monthly, product_quarterly, product_yearly,
  shop_first_reported, listing_first_reported, product_first_reported
  TO reports_reader;
-- What report_end_of_day asks; the salt of buyer ids is not among it.
GRANT SELECT (shop_id, name, time_zone, currency, country, week_start) ON shops TO reports_reader;
GRANT EXECUTE ON FUNCTION
  report_row, shop_reports_as_of, listing_reports_as_of, product_reports_as_of, report_end_of_day
  TO reports_reader;
