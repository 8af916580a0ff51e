-- The listings that earned most in the last complete month, and their share of the whole.
WITH last_month AS (
  SELECT max(period_start) AS period_start FROM shop_monthly WHERE shop_id = 1 AND is_complete
)
SELECT listing_id, listing_title, contribution_profit,
       contribution_profit / nullif(sum(contribution_profit) OVER (), 0) AS share
FROM listing_monthly JOIN last_month USING (period_start)
WHERE shop_id = 1
ORDER BY contribution_profit DESC, listing_id
LIMIT 20;
