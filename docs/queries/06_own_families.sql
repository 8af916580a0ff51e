-- The margin of product families that you make up yourself; here by the last digit of the listing.
WITH families AS (
  SELECT DISTINCT listing_id, CASE listing_id % 2 WHEN 0 THEN 'even' ELSE 'odd' END AS family
  FROM listing_yearly
  WHERE shop_id = 1
)
SELECT family, sum(contribution_profit) / nullif(sum(net_revenue), 0) AS contribution_margin
FROM listing_yearly JOIN families USING (listing_id)
WHERE shop_id = 1
  AND period_start = (SELECT max(period_start) FROM shop_yearly WHERE shop_id = 1 AND is_complete)
GROUP BY family
ORDER BY family;
