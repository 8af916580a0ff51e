-- The report tables, one row = one entity and one period as known now, the runs that wrote them,
-- superseded versions, causes of restatements, alerts.

-- CreateEnum
CREATE TYPE "report_period" AS ENUM ('DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY');

-- CreateEnum
CREATE TYPE "report_level" AS ENUM ('SHOP', 'LISTING', 'PRODUCT');

-- CreateEnum
CREATE TYPE "run_status" AS ENUM ('RUNNING', 'SUCCEEDED', 'FAILED', 'INTERRUPTED', 'ABANDONED');

-- CreateEnum
CREATE TYPE "revision_kind" AS ENUM ('CHANGED', 'REMOVED');

-- CreateEnum
CREATE TYPE "alert_state" AS ENUM ('FIRED', 'STILL', 'RESOLVED');

-- CreateTable
CREATE TABLE "shop_reports" (
    "shop_id" BIGINT NOT NULL,
    "period_type" "report_period" NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "period_days" INTEGER NOT NULL,
    "elapsed_days" INTEGER NOT NULL,
    "is_complete" BOOLEAN NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "run_id" BIGINT NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,
    "row_hash" BIGINT NOT NULL,
    "gross_merchandise_sales" DECIMAL(18,2),
    "sales_after_discounts" DECIMAL(18,2),
    "net_sales" DECIMAL(18,2),
    "shipping_income" DECIMAL(18,2),
    "gift_wrap_income" DECIMAL(18,2),
    "net_revenue" DECIMAL(18,2),
    "sales_tax_collected" DECIMAL(18,2),
    "vat_collected" DECIMAL(18,2),
    "order_totals" DECIMAL(18,2),
    "units_sold" BIGINT,
    "average_unit_price" DECIMAL(18,2),
    "sales_per_day" DECIMAL(18,2),
    "discounts" DECIMAL(18,2),
    "discount_rate" DOUBLE PRECISION,
    "returns_value" DECIMAL(18,2),
    "returns_value_by_order_day" DECIMAL(18,2),
    "refund_excess" DECIMAL(18,2),
    "refunds_total" DECIMAL(18,2),
    "refund_count" BIGINT,
    "refunded_orders" BIGINT,
    "order_refund_share" DOUBLE PRECISION,
    "refund_rate_value" DOUBLE PRECISION,
    "refund_rate_orders" DOUBLE PRECISION,
    "units_returned" BIGINT,
    "unit_return_rate" DOUBLE PRECISION,
    "cogs" DECIMAL(18,2),
    "average_unit_cost" DECIMAL(18,2),
    "cost_coverage" DOUBLE PRECISION,
    "gross_profit" DECIMAL(18,2),
    "gross_margin" DOUBLE PRECISION,
    "costed_gross_margin" DOUBLE PRECISION,
    "markup" DOUBLE PRECISION,
    "profit_basis" TEXT,
    "orders" BIGINT,
    "average_order_value" DECIMAL(18,2),
    "order_value_p25" DECIMAL(18,2),
    "order_value_median" DECIMAL(18,2),
    "order_value_p75" DECIMAL(18,2),
    "order_value_std" DECIMAL(18,2),
    "units_per_order" DOUBLE PRECISION,
    "skus_sold" BIGINT,
    "orders_per_day" DOUBLE PRECISION,
    "gift_orders" BIGINT,
    "gift_rate" DOUBLE PRECISION,
    "customers" BIGINT,
    "guest_orders" BIGINT,
    "new_customers" BIGINT,
    "returning_customers" BIGINT,
    "repeat_customers" BIGINT,
    "repeat_customer_rate" DOUBLE PRECISION,
    "customer_retention_rate" DOUBLE PRECISION,
    "orders_per_customer" DOUBLE PRECISION,
    "sales_per_customer" DECIMAL(18,2),
    "days_between_customer_orders" DECIMAL(18,2),
    "cancelled_orders" BIGINT,
    "cancellation_rate" DOUBLE PRECISION,
    "held_orders" BIGINT,
    "shipped_orders" BIGINT,
    "shipped_rate" DOUBLE PRECISION,
    "ship_hours_median" DECIMAL(18,2),
    "hours_between_orders" DECIMAL(18,2),
    "primary_payment_method" TEXT,
    "payment_methods" BIGINT,
    "payment_method_diversity" DOUBLE PRECISION,
    "peak_hour" BIGINT,
    "peak_weekday" BIGINT,
    "peak_month" BIGINT,

    CONSTRAINT "shop_reports_pkey" PRIMARY KEY ("shop_id","period_type","period_start")
);

-- CreateTable
CREATE TABLE "listing_reports" (
    "shop_id" BIGINT NOT NULL,
    "listing_id" BIGINT NOT NULL,
    "period_type" "report_period" NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "period_days" INTEGER NOT NULL,
    "elapsed_days" INTEGER NOT NULL,
    "is_complete" BOOLEAN NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "run_id" BIGINT NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,
    "row_hash" BIGINT NOT NULL,
    "gross_merchandise_sales" DECIMAL(18,2),
    "sales_after_discounts" DECIMAL(18,2),
    "net_sales" DECIMAL(18,2),
    "shipping_income" DECIMAL(18,2),
    "gift_wrap_income" DECIMAL(18,2),
    "net_revenue" DECIMAL(18,2),
    "sales_tax_collected" DECIMAL(18,2),
    "vat_collected" DECIMAL(18,2),
    "order_totals" DECIMAL(18,2),
    "units_sold" INTEGER,
    "average_unit_price" DECIMAL(18,2),
    "sales_per_day" DECIMAL(18,2),
    "discounts" DECIMAL(18,2),
    "discount_rate" DOUBLE PRECISION,
    "returns_value" DECIMAL(18,2),
    "returns_value_by_order_day" DECIMAL(18,2),
    "refund_excess" DECIMAL(18,2),
    "refunds_total" DECIMAL(18,2),
    "refund_count" INTEGER,
    "refunded_orders" INTEGER,
    "order_refund_share" DOUBLE PRECISION,
    "refund_rate_value" DOUBLE PRECISION,
    "refund_rate_orders" DOUBLE PRECISION,
    "units_returned" INTEGER,
    "unit_return_rate" DOUBLE PRECISION,
    "cogs" DECIMAL(18,2),
    "average_unit_cost" DECIMAL(18,2),
    "cost_coverage" DOUBLE PRECISION,
    "gross_profit" DECIMAL(18,2),
    "gross_margin" DOUBLE PRECISION,
    "costed_gross_margin" DOUBLE PRECISION,
    "markup" DOUBLE PRECISION,
    "profit_basis" TEXT,
    "orders" INTEGER,
    "average_order_value" DECIMAL(18,2),
    "order_value_p25" DECIMAL(18,2),
    "order_value_median" DECIMAL(18,2),
    "order_value_p75" DECIMAL(18,2),
    "order_value_std" DECIMAL(18,2),
    "units_per_order" DOUBLE PRECISION,
    "skus_sold" INTEGER,
    "orders_per_day" DOUBLE PRECISION,
    "gift_orders" INTEGER,
    "gift_rate" DOUBLE PRECISION,
    "customers" INTEGER,
    "guest_orders" INTEGER,
    "new_customers" INTEGER,
    "returning_customers" INTEGER,
    "repeat_customers" INTEGER,
    "repeat_customer_rate" DOUBLE PRECISION,
    "customer_retention_rate" DOUBLE PRECISION,
    "orders_per_customer" DOUBLE PRECISION,
    "sales_per_customer" DECIMAL(18,2),
    "cancelled_orders" INTEGER,
    "cancellation_rate" DOUBLE PRECISION,
    "held_orders" INTEGER,
    "shipped_orders" INTEGER,
    "shipped_rate" DOUBLE PRECISION,
    "ship_hours_median" DECIMAL(18,2),
    "hours_between_orders" DECIMAL(18,2),
    "primary_payment_method" TEXT,
    "payment_methods" INTEGER,
    "payment_method_diversity" DOUBLE PRECISION,
    "peak_hour" INTEGER,
    "peak_weekday" INTEGER,
    "peak_month" INTEGER,

    CONSTRAINT "listing_reports_pkey" PRIMARY KEY ("shop_id","period_type","period_start","listing_id")
);

-- CreateTable
CREATE TABLE "product_reports" (
    "shop_id" BIGINT NOT NULL,
    "sku" TEXT NOT NULL,
    "period_type" "report_period" NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "period_days" INTEGER NOT NULL,
    "elapsed_days" INTEGER NOT NULL,
    "is_complete" BOOLEAN NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "run_id" BIGINT NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,
    "row_hash" BIGINT NOT NULL,
    "gross_merchandise_sales" DECIMAL(18,2),
    "sales_after_discounts" DECIMAL(18,2),
    "net_sales" DECIMAL(18,2),
    "shipping_income" DECIMAL(18,2),
    "gift_wrap_income" DECIMAL(18,2),
    "net_revenue" DECIMAL(18,2),
    "sales_tax_collected" DECIMAL(18,2),
    "vat_collected" DECIMAL(18,2),
    "order_totals" DECIMAL(18,2),
    "units_sold" INTEGER,
    "average_unit_price" DECIMAL(18,2),
    "sales_per_day" DECIMAL(18,2),
    "discounts" DECIMAL(18,2),
    "discount_rate" DOUBLE PRECISION,
    "returns_value" DECIMAL(18,2),
    "returns_value_by_order_day" DECIMAL(18,2),
    "refund_excess" DECIMAL(18,2),
    "refunds_total" DECIMAL(18,2),
    "refund_count" INTEGER,
    "refunded_orders" INTEGER,
    "order_refund_share" DOUBLE PRECISION,
    "refund_rate_value" DOUBLE PRECISION,
    "refund_rate_orders" DOUBLE PRECISION,
    "units_returned" INTEGER,
    "unit_return_rate" DOUBLE PRECISION,
    "cogs" DECIMAL(18,2),
    "average_unit_cost" DECIMAL(18,2),
    "cost_coverage" DOUBLE PRECISION,
    "gross_profit" DECIMAL(18,2),
    "gross_margin" DOUBLE PRECISION,
    "costed_gross_margin" DOUBLE PRECISION,
    "markup" DOUBLE PRECISION,
    "profit_basis" TEXT,
    "orders" INTEGER,
    "average_order_value" DECIMAL(18,2),
    "order_value_p25" DECIMAL(18,2),
    "order_value_median" DECIMAL(18,2),
    "order_value_p75" DECIMAL(18,2),
    "order_value_std" DECIMAL(18,2),
    "units_per_order" DOUBLE PRECISION,
    "orders_per_day" DOUBLE PRECISION,
    "gift_orders" INTEGER,
    "gift_rate" DOUBLE PRECISION,
    "customers" INTEGER,
    "guest_orders" INTEGER,
    "new_customers" INTEGER,
    "returning_customers" INTEGER,
    "repeat_customers" INTEGER,
    "repeat_customer_rate" DOUBLE PRECISION,
    "customer_retention_rate" DOUBLE PRECISION,
    "orders_per_customer" DOUBLE PRECISION,
    "sales_per_customer" DECIMAL(18,2),
    "cancelled_orders" INTEGER,
    "cancellation_rate" DOUBLE PRECISION,
    "held_orders" INTEGER,
    "shipped_orders" INTEGER,
    "shipped_rate" DOUBLE PRECISION,
    "ship_hours_median" DECIMAL(18,2),
    "hours_between_orders" DECIMAL(18,2),
    "primary_payment_method" TEXT,
    "payment_methods" INTEGER,
    "payment_method_diversity" DOUBLE PRECISION,
    "peak_hour" INTEGER,
    "peak_weekday" INTEGER,
    "peak_month" INTEGER,

    CONSTRAINT "product_reports_pkey" PRIMARY KEY ("shop_id","period_type","period_start","sku")
);

-- CreateTable
CREATE TABLE "report_runs" (
    "run_id" BIGSERIAL NOT NULL,
    "call_id" UUID NOT NULL,
    "shop_id" BIGINT NOT NULL,
    "status" "run_status" NOT NULL,
    "stage" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "watermark" TIMESTAMPTZ(3),
    "newest_fact" TIMESTAMPTZ(3),
    "known_at" TIMESTAMPTZ(3),
    "command" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "process_id" INTEGER NOT NULL,
    "code_version" TEXT NOT NULL,
    "registry_version" INTEGER NOT NULL,
    "settings_hash" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "inputs" JSONB,
    "scope_periods" TEXT[],
    "scope_levels" TEXT[],
    "scope_from" DATE,
    "scope_to" DATE,
    "rows_computed" BIGINT NOT NULL DEFAULT 0,
    "rows_inserted" BIGINT NOT NULL DEFAULT 0,
    "rows_updated" BIGINT NOT NULL DEFAULT 0,
    "rows_unchanged" BIGINT NOT NULL DEFAULT 0,
    "rows_removed" BIGINT NOT NULL DEFAULT 0,
    "revisions_written" BIGINT NOT NULL DEFAULT 0,
    "restated_periods" BIGINT NOT NULL DEFAULT 0,
    "alerts_fired" BIGINT NOT NULL DEFAULT 0,
    "stage_seconds" JSONB,
    "identities" JSONB,
    "coverage" JSONB,
    "warnings" JSONB,
    "error" JSONB,
    "exit_code" SMALLINT,

    CONSTRAINT "report_runs_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "report_revisions" (
    "revision_id" BIGSERIAL NOT NULL,
    "level" "report_level" NOT NULL,
    "shop_id" BIGINT NOT NULL,
    "listing_id" BIGINT,
    "sku" TEXT,
    "period_type" "report_period" NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "period_days" INTEGER NOT NULL,
    "elapsed_days" INTEGER NOT NULL,
    "is_complete" BOOLEAN NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "known_from" TIMESTAMPTZ(3) NOT NULL,
    "known_to" TIMESTAMPTZ(3) NOT NULL,
    "run_id" BIGINT NOT NULL,
    "superseded_by" BIGINT NOT NULL,
    "kind" "revision_kind" NOT NULL,
    "row_hash" BIGINT NOT NULL,
    "metrics" JSONB NOT NULL,

    CONSTRAINT "report_revisions_pkey" PRIMARY KEY ("revision_id")
);

-- CreateTable
CREATE TABLE "report_restatements" (
    "restatement_id" BIGSERIAL NOT NULL,
    "run_id" BIGINT NOT NULL,
    "level" "report_level" NOT NULL,
    "shop_id" BIGINT NOT NULL,
    "listing_id" BIGINT,
    "sku" TEXT,
    "period_type" "report_period" NOT NULL,
    "period_start" DATE NOT NULL,
    "cause" TEXT NOT NULL,
    "component" TEXT,
    "amount" DECIMAL(18,2) NOT NULL,
    "revision_id" BIGINT,

    CONSTRAINT "report_restatements_pkey" PRIMARY KEY ("restatement_id")
);

-- CreateTable
CREATE TABLE "report_alerts" (
    "alert_id" BIGSERIAL NOT NULL,
    "run_id" BIGINT NOT NULL,
    "shop_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "level" "report_level" NOT NULL,
    "listing_id" BIGINT,
    "sku" TEXT,
    "period_type" "report_period" NOT NULL,
    "period_start" DATE NOT NULL,
    "value" DECIMAL(24,6),
    "reference" DECIMAL(24,6),
    "state" "alert_state" NOT NULL,
    "bridge" JSONB,
    "delivered" JSONB,

    CONSTRAINT "report_alerts_pkey" PRIMARY KEY ("alert_id")
);

-- CreateIndex
CREATE INDEX "idx_shop_reports_run_id" ON "shop_reports"("run_id");

-- CreateIndex
CREATE INDEX "idx_listing_reports_shop_id_listing_id_period_type_period_start" ON "listing_reports"("shop_id", "listing_id", "period_type", "period_start");

-- CreateIndex
CREATE INDEX "idx_listing_reports_run_id" ON "listing_reports"("run_id");

-- CreateIndex
CREATE INDEX "idx_product_reports_shop_id_sku_period_type_period_start" ON "product_reports"("shop_id", "sku", "period_type", "period_start");

-- CreateIndex
CREATE INDEX "idx_product_reports_run_id" ON "product_reports"("run_id");

-- CreateIndex
CREATE INDEX "idx_report_runs_shop_id_status" ON "report_runs"("shop_id", "status");

-- CreateIndex
CREATE INDEX "idx_report_runs_call_id" ON "report_runs"("call_id");

-- CreateIndex
CREATE INDEX "idx_report_revisions_period_known_to" ON "report_revisions"("shop_id", "level", "period_type", "period_start", "known_to");

-- CreateIndex
CREATE INDEX "idx_report_restatements_run_id" ON "report_restatements"("run_id");

-- CreateIndex
CREATE INDEX "idx_report_restatements_period" ON "report_restatements"("shop_id", "level", "period_type", "period_start");

-- CreateIndex
CREATE INDEX "idx_report_alerts_run_id" ON "report_alerts"("run_id");

-- CreateIndex
CREATE INDEX "idx_report_alerts_name_period" ON "report_alerts"("shop_id", "name", "period_type", "period_start");

-- What Prisma cannot say; migrations/extras.txt lists it.

-- Reports go with their shop. A run can only go when no report row names it: not RESTRICT, which
-- would be checked before the rows of the same shop are gone.
ALTER TABLE "report_runs" ADD CONSTRAINT "report_runs_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "shop_reports" ADD CONSTRAINT "shop_reports_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "listing_reports" ADD CONSTRAINT "listing_reports_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "product_reports" ADD CONSTRAINT "product_reports_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "report_revisions" ADD CONSTRAINT "report_revisions_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "report_restatements" ADD CONSTRAINT "report_restatements_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "report_alerts" ADD CONSTRAINT "report_alerts_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "shop_reports" ADD CONSTRAINT "shop_reports_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "report_runs"("run_id") ON DELETE NO ACTION ON UPDATE CASCADE;
ALTER TABLE "listing_reports" ADD CONSTRAINT "listing_reports_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "report_runs"("run_id") ON DELETE NO ACTION ON UPDATE CASCADE;
ALTER TABLE "product_reports" ADD CONSTRAINT "product_reports_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "report_runs"("run_id") ON DELETE NO ACTION ON UPDATE CASCADE;
ALTER TABLE "report_restatements" ADD CONSTRAINT "report_restatements_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "report_runs"("run_id") ON DELETE NO ACTION ON UPDATE CASCADE;
ALTER TABLE "report_alerts" ADD CONSTRAINT "report_alerts_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "report_runs"("run_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- The calendar of a row, and the bounds of the metrics that have some. NaN and infinity are
-- outside all of them.
ALTER TABLE "shop_reports"
  ADD CONSTRAINT "shop_reports_period_check" CHECK ("period_start" <= "period_end"),
  ADD CONSTRAINT "shop_reports_elapsed_days_check" CHECK ("elapsed_days" BETWEEN 0 AND "period_days"),
  ADD CONSTRAINT "shop_reports_discount_rate_check" CHECK ("discount_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_order_refund_share_check" CHECK ("order_refund_share" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_cost_coverage_check" CHECK ("cost_coverage" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_gift_rate_check" CHECK ("gift_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_repeat_customer_rate_check" CHECK ("repeat_customer_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_customer_retention_rate_check" CHECK ("customer_retention_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_cancellation_rate_check" CHECK ("cancellation_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_shipped_rate_check" CHECK ("shipped_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_payment_method_diversity_check" CHECK ("payment_method_diversity" BETWEEN 0 AND 1),
  ADD CONSTRAINT "shop_reports_profit_basis_check" CHECK ("profit_basis" IN ('measured', 'estimated', 'partial')),
  ADD CONSTRAINT "shop_reports_peak_hour_check" CHECK ("peak_hour" BETWEEN 0 AND 23),
  ADD CONSTRAINT "shop_reports_peak_weekday_check" CHECK ("peak_weekday" BETWEEN 1 AND 7),
  ADD CONSTRAINT "shop_reports_peak_month_check" CHECK ("peak_month" BETWEEN 1 AND 12);
ALTER TABLE "listing_reports"
  ADD CONSTRAINT "listing_reports_period_check" CHECK ("period_start" <= "period_end"),
  ADD CONSTRAINT "listing_reports_elapsed_days_check" CHECK ("elapsed_days" BETWEEN 0 AND "period_days"),
  ADD CONSTRAINT "listing_reports_discount_rate_check" CHECK ("discount_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_order_refund_share_check" CHECK ("order_refund_share" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_cost_coverage_check" CHECK ("cost_coverage" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_gift_rate_check" CHECK ("gift_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_repeat_customer_rate_check" CHECK ("repeat_customer_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_customer_retention_rate_check" CHECK ("customer_retention_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_cancellation_rate_check" CHECK ("cancellation_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_shipped_rate_check" CHECK ("shipped_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_payment_method_diversity_check" CHECK ("payment_method_diversity" BETWEEN 0 AND 1),
  ADD CONSTRAINT "listing_reports_profit_basis_check" CHECK ("profit_basis" IN ('measured', 'estimated', 'partial')),
  ADD CONSTRAINT "listing_reports_peak_hour_check" CHECK ("peak_hour" BETWEEN 0 AND 23),
  ADD CONSTRAINT "listing_reports_peak_weekday_check" CHECK ("peak_weekday" BETWEEN 1 AND 7),
  ADD CONSTRAINT "listing_reports_peak_month_check" CHECK ("peak_month" BETWEEN 1 AND 12);
ALTER TABLE "product_reports"
  ADD CONSTRAINT "product_reports_period_check" CHECK ("period_start" <= "period_end"),
  ADD CONSTRAINT "product_reports_elapsed_days_check" CHECK ("elapsed_days" BETWEEN 0 AND "period_days"),
  ADD CONSTRAINT "product_reports_discount_rate_check" CHECK ("discount_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_order_refund_share_check" CHECK ("order_refund_share" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_cost_coverage_check" CHECK ("cost_coverage" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_gift_rate_check" CHECK ("gift_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_repeat_customer_rate_check" CHECK ("repeat_customer_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_customer_retention_rate_check" CHECK ("customer_retention_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_cancellation_rate_check" CHECK ("cancellation_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_shipped_rate_check" CHECK ("shipped_rate" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_payment_method_diversity_check" CHECK ("payment_method_diversity" BETWEEN 0 AND 1),
  ADD CONSTRAINT "product_reports_profit_basis_check" CHECK ("profit_basis" IN ('measured', 'estimated', 'partial')),
  ADD CONSTRAINT "product_reports_peak_hour_check" CHECK ("peak_hour" BETWEEN 0 AND 23),
  ADD CONSTRAINT "product_reports_peak_weekday_check" CHECK ("peak_weekday" BETWEEN 1 AND 7),
  ADD CONSTRAINT "product_reports_peak_month_check" CHECK ("peak_month" BETWEEN 1 AND 12);

-- A version, a cause and an alert name the one entity of their level; a version is known in a
-- half-open span.
ALTER TABLE "report_revisions"
  ADD CONSTRAINT "report_revisions_entity_check" CHECK (("listing_id" IS NOT NULL) = ("level" = 'LISTING') AND ("sku" IS NOT NULL) = ("level" = 'PRODUCT')),
  ADD CONSTRAINT "report_revisions_known_check" CHECK ("known_from" < "known_to"),
  ADD CONSTRAINT "report_revisions_period_check" CHECK ("period_start" <= "period_end");
ALTER TABLE "report_restatements"
  ADD CONSTRAINT "report_restatements_entity_check" CHECK (("listing_id" IS NOT NULL) = ("level" = 'LISTING') AND ("sku" IS NOT NULL) = ("level" = 'PRODUCT'));
ALTER TABLE "report_alerts"
  ADD CONSTRAINT "report_alerts_entity_check" CHECK (("listing_id" IS NOT NULL) = ("level" = 'LISTING') AND ("sku" IS NOT NULL) = ("level" = 'PRODUCT'));
