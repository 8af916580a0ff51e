-- Profit by month, beside the same month of the year before.
SELECT this.period_start, this.net_sales, this.contribution_profit,
       this.net_sales - before.net_sales AS net_sales_change
FROM shop_monthly AS this
LEFT JOIN shop_monthly AS before
  ON before.shop_id = this.shop_id
 AND before.period_start = this.period_start - interval '1 year'
WHERE this.shop_id = 1 AND this.is_complete
ORDER BY this.period_start DESC
LIMIT 12;
