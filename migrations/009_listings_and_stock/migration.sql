-- Stock, favourites and reviews: the columns of the new metrics. They are unknown in rows that an
-- older program wrote; the next report run fills them.

ALTER TABLE "shop_reports"
  ADD COLUMN "active_offers" BIGINT,
  ADD COLUMN "average_stock_value" DECIMAL(18,2),
  ADD COLUMN "closing_stock" BIGINT,
  ADD COLUMN "days_of_stock" DECIMAL(18,2),
  ADD COLUMN "favourite_to_order_rate" DOUBLE PRECISION,
  ADD COLUMN "favourites" BIGINT,
  ADD COLUMN "favourites_added" BIGINT,
  ADD COLUMN "favourites_per_listing" DOUBLE PRECISION,
  ADD COLUMN "offer_price_average" DECIMAL(18,2),
  ADD COLUMN "offer_price_range" DECIMAL(18,2),
  ADD COLUMN "review_average" DOUBLE PRECISION,
  ADD COLUMN "reviews" BIGINT,
  ADD COLUMN "sell_through" DOUBLE PRECISION,
  ADD COLUMN "stock_turnover" DOUBLE PRECISION,
  ADD COLUMN "stock_value" DECIMAL(18,2),
  ADD COLUMN "stockout_days" BIGINT,
  ADD COLUMN "view_to_favourite_rate" DOUBLE PRECISION,
  ADD COLUMN "views_per_listing" DOUBLE PRECISION,
  ADD CONSTRAINT "shop_reports_sell_through_check" CHECK ("sell_through" BETWEEN 0 AND 1);

ALTER TABLE "listing_reports"
  ADD COLUMN "active_offers" INTEGER,
  ADD COLUMN "average_stock_value" DECIMAL(18,2),
  ADD COLUMN "closing_stock" INTEGER,
  ADD COLUMN "days_of_stock" DECIMAL(18,2),
  ADD COLUMN "favourite_to_order_rate" DOUBLE PRECISION,
  ADD COLUMN "favourites" INTEGER,
  ADD COLUMN "favourites_added" INTEGER,
  ADD COLUMN "favourites_vs_shop_average" DOUBLE PRECISION,
  ADD COLUMN "offer_price_average" DECIMAL(18,2),
  ADD COLUMN "offer_price_range" DECIMAL(18,2),
  ADD COLUMN "review_average" DOUBLE PRECISION,
  ADD COLUMN "reviews" INTEGER,
  ADD COLUMN "sell_through" DOUBLE PRECISION,
  ADD COLUMN "stock_turnover" DOUBLE PRECISION,
  ADD COLUMN "stock_value" DECIMAL(18,2),
  ADD COLUMN "stockout_days" INTEGER,
  ADD COLUMN "view_to_favourite_rate" DOUBLE PRECISION,
  ADD COLUMN "views_vs_shop_average" DOUBLE PRECISION,
  ADD CONSTRAINT "listing_reports_sell_through_check" CHECK ("sell_through" BETWEEN 0 AND 1);

ALTER TABLE "product_reports"
  ADD COLUMN "active_offers" INTEGER,
  ADD COLUMN "average_stock_value" DECIMAL(18,2),
  ADD COLUMN "closing_stock" INTEGER,
  ADD COLUMN "days_of_stock" DECIMAL(18,2),
  ADD COLUMN "offer_price_average" DECIMAL(18,2),
  ADD COLUMN "offer_price_range" DECIMAL(18,2),
  ADD COLUMN "review_average" DOUBLE PRECISION,
  ADD COLUMN "reviews" INTEGER,
  ADD COLUMN "sell_through" DOUBLE PRECISION,
  ADD COLUMN "stock_turnover" DOUBLE PRECISION,
  ADD COLUMN "stock_value" DECIMAL(18,2),
  ADD COLUMN "stockout_days" INTEGER,
  ADD CONSTRAINT "product_reports_sell_through_check" CHECK ("sell_through" BETWEEN 0 AND 1);
