-- Sales per order over four weeks at a time: the parts are summed, and divided last.
SELECT period_start,
       sum(net_sales) OVER four_weeks / nullif(sum(orders) OVER four_weeks, 0) AS sales_per_order
FROM shop_weekly
WHERE shop_id = 1 AND is_complete
WINDOW four_weeks AS (ORDER BY period_start ROWS 3 PRECEDING)
ORDER BY period_start DESC;
