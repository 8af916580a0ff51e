-- What the runs after the first one changed in complete months, and why.
SELECT cause.period_start, cause.cause, cause.component, sum(cause.amount) AS profit_effect
FROM report_restatements AS cause
JOIN report_runs AS run USING (run_id)
WHERE cause.shop_id = 1 AND cause.level = 'SHOP' AND cause.period_type = 'MONTHLY'
  AND run.known_at > (SELECT min(known_at) FROM report_runs WHERE shop_id = 1)
GROUP BY cause.period_start, cause.cause, cause.component
ORDER BY cause.period_start, cause.cause, cause.component;
