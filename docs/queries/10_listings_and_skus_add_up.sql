-- Proof that listings and SKUs add up to the shop in every month; it returns no row.
WITH listings AS (
  SELECT shop_id, period_start, sum(net_sales) AS net_sales FROM listing_monthly GROUP BY 1, 2
), skus AS (
  SELECT shop_id, period_start, sum(net_sales) AS net_sales FROM product_monthly GROUP BY 1, 2
)
SELECT shop.shop_id, shop.period_start, shop.net_sales
FROM shop_monthly AS shop
LEFT JOIN listings USING (shop_id, period_start)
LEFT JOIN skus USING (shop_id, period_start)
WHERE shop.net_sales <> coalesce(listings.net_sales, 0)
   OR shop.net_sales <> coalesce(skus.net_sales, 0);
