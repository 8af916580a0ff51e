-- SKUs that sold in the quarter before the last complete one, and not in that one.
WITH last_quarter AS (
  SELECT max(period_start) AS start FROM shop_quarterly WHERE shop_id = 1 AND is_complete
)
SELECT was.sku, was.units_sold, was.contribution_profit
FROM last_quarter
JOIN product_quarterly AS was ON was.period_start = last_quarter.start - interval '3 months'
LEFT JOIN product_quarterly AS now
  ON now.shop_id = was.shop_id AND now.sku = was.sku AND now.period_start = last_quarter.start
WHERE was.shop_id = 1 AND was.units_sold > 0 AND coalesce(now.units_sold, 0) = 0
ORDER BY was.contribution_profit DESC, was.sku;
