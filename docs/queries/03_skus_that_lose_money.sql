-- SKUs that lost money in the last complete quarter although all of their costs are known.
SELECT sku, product_title, units_sold, net_sales, contribution_profit
FROM product_quarterly
WHERE shop_id = 1
  AND period_start = (SELECT max(period_start) FROM shop_quarterly WHERE shop_id = 1 AND is_complete)
  AND contribution_profit < 0 AND cost_coverage = 1
ORDER BY contribution_profit, sku;
