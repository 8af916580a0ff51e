-- Complete months as they were known when the first run had ended, against what is known now.
WITH first_run AS (
  SELECT min(known_at) AS instant FROM report_runs WHERE shop_id = 1 AND status = 'SUCCEEDED'
)
SELECT live.period_start, known.net_sales AS as_known, live.net_sales AS now,
       live.net_sales - known.net_sales AS restated
FROM first_run, LATERAL shop_reports_as_of(first_run.instant) AS known
JOIN shop_reports AS live USING (shop_id, period_type, period_start)
WHERE shop_id = 1 AND period_type = 'MONTHLY' AND live.is_complete
ORDER BY live.period_start;
