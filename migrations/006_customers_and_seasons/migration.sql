-- Completion, season, price elasticity, what a customer leaves in the first year and after how many
-- days that pays for the marketing. They are unknown in rows that an older program wrote; the next
-- report run fills them.

ALTER TABLE "shop_reports"
  ADD COLUMN "customer_lifetime_value" DECIMAL(18,2),
  ADD COLUMN "payback_days" BIGINT,
  ADD COLUMN "completion_rate" DOUBLE PRECISION,
  ADD COLUMN "seasonality_index" DOUBLE PRECISION,
  ADD CONSTRAINT "shop_reports_completion_rate_check" CHECK ("completion_rate" BETWEEN 0 AND 1);

ALTER TABLE "listing_reports"
  ADD COLUMN "price_elasticity" DOUBLE PRECISION,
  ADD COLUMN "completion_rate" DOUBLE PRECISION,
  ADD COLUMN "seasonality_index" DOUBLE PRECISION,
  ADD CONSTRAINT "listing_reports_completion_rate_check" CHECK ("completion_rate" BETWEEN 0 AND 1);

ALTER TABLE "product_reports"
  ADD COLUMN "price_elasticity" DOUBLE PRECISION,
  ADD COLUMN "completion_rate" DOUBLE PRECISION,
  ADD COLUMN "seasonality_index" DOUBLE PRECISION,
  ADD CONSTRAINT "product_reports_completion_rate_check" CHECK ("completion_rate" BETWEEN 0 AND 1);
