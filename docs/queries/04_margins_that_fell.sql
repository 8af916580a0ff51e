-- Listings whose margin fell by more than five points from one month with sales to the next.
WITH margins AS (
  SELECT listing_id, listing_title, period_start, contribution_margin,
         lag(contribution_margin) OVER (PARTITION BY listing_id ORDER BY period_start) AS before
  FROM listing_monthly
  WHERE shop_id = 1 AND is_complete
)
SELECT listing_id, listing_title, period_start, before, contribution_margin AS now
FROM margins
WHERE contribution_margin < before - 0.05
ORDER BY period_start DESC, listing_id;
