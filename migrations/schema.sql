-- Generated: the SQL of schema.prisma in one piece, for the test that compares it with what the
-- migrations make. After a change of schema.prisma: python -m engine migrate --new NAME
-- schema.prisma sha256: 093212a1b5f4201802cefdd2668171495fdd67b187e1e8e18feccfa41bc7627b

-- CreateEnum
CREATE TYPE "PeriodType" AS ENUM ('YEARLY', 'QUARTERLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'CUSTOM');

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
CREATE TABLE "shops" (
    "shop_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "country" TEXT,
    "week_start" INTEGER NOT NULL DEFAULT 1,
    "buyer_salt" TEXT NOT NULL,
    "synced_at" TIMESTAMP(3),
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shops_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "import_files" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "encoding" TEXT,
    "delimiter" TEXT,
    "decimal_sign" TEXT,
    "first_date" TIMESTAMP(3),
    "last_date" TIMESTAMP(3),
    "rows_total" INTEGER NOT NULL DEFAULT 0,
    "rows_new" INTEGER NOT NULL DEFAULT 0,
    "rows_changed" INTEGER NOT NULL DEFAULT 0,
    "rows_unchanged" INTEGER NOT NULL DEFAULT 0,
    "rows_removed" INTEGER NOT NULL DEFAULT 0,
    "rows_rejected" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "message" TEXT,
    "started_at" TIMESTAMP(3) NOT NULL,
    "finished_at" TIMESTAMP(3),

    CONSTRAINT "import_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_rejects" (
    "id" BIGSERIAL NOT NULL,
    "import_file_id" BIGINT NOT NULL,
    "row_number" INTEGER NOT NULL,
    "column_name" TEXT,
    "code" TEXT NOT NULL,
    "found" TEXT,
    "expected" TEXT NOT NULL,
    "raw_row" TEXT,

    CONSTRAINT "import_rejects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "orders" (
    "order_id" BIGINT NOT NULL,
    "shop_id" BIGINT,
    "created_timestamp" BIGINT NOT NULL,
    "created_datetime" TIMESTAMP(3),
    "buyer_user_id" BIGINT,
    "buyer_email" TEXT,
    "buyer_name" TEXT,
    "address" TEXT,
    "grand_total" BIGINT,
    "grand_total_divisor" INTEGER,
    "grand_total_currency_code" TEXT,
    "subtotal" BIGINT,
    "subtotal_divisor" INTEGER,
    "subtotal_currency_code" TEXT,
    "total_price" BIGINT NOT NULL,
    "total_price_divisor" INTEGER,
    "total_price_currency_code" TEXT NOT NULL,
    "total_shipping_cost" BIGINT,
    "shipping_divisor" INTEGER,
    "shipping_currency_code" TEXT,
    "shipping_discount_amt" BIGINT,
    "total_tax_cost" BIGINT,
    "tax_divisor" INTEGER,
    "tax_currency_code" TEXT,
    "total_vat_cost" BIGINT,
    "vat_divisor" INTEGER,
    "vat_currency_code" TEXT,
    "discount_amt" BIGINT,
    "discount_divisor" INTEGER,
    "discount_currency_code" TEXT,
    "gift_wrap_price" BIGINT,
    "gift_wrap_divisor" INTEGER,
    "gift_wrap_currency_code" TEXT,
    "coupon_code" TEXT,
    "item_count" BIGINT NOT NULL,
    "is_paid" BOOLEAN NOT NULL,
    "is_shipped" BOOLEAN NOT NULL,
    "is_gift" BOOLEAN,
    "status" TEXT,
    "payment_method" TEXT,
    "country" TEXT,
    "raw_transactions" TEXT,
    "raw_shipments" TEXT,
    "raw_refunds" TEXT,
    "time_precision" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "order_transactions" (
    "id" BIGSERIAL NOT NULL,
    "order_id" BIGINT NOT NULL,
    "transaction_id" BIGINT NOT NULL,
    "listing_id" BIGINT,
    "product_id" BIGINT,
    "sku" TEXT,
    "title" TEXT,
    "quantity" INTEGER NOT NULL,
    "price" BIGINT NOT NULL,
    "price_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "shipping_cost" BIGINT,
    "tax_cost" BIGINT,
    "shop_coupon_amt" BIGINT,
    "buyer_coupon_amt" BIGINT,
    "is_digital" BOOLEAN,
    "paid_timestamp" BIGINT,
    "shipped_timestamp" BIGINT,
    "variation_data" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_transactions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_refunds" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" BIGINT,
    "order_id" BIGINT,
    "refund_id" BIGINT,
    "amount" BIGINT NOT NULL,
    "amount_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "tax_amount" BIGINT,
    "reason" TEXT,
    "note" TEXT,
    "status" TEXT,
    "created_timestamp" BIGINT,
    "is_superseded" BOOLEAN NOT NULL DEFAULT false,
    "time_precision" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_refund_items" (
    "id" BIGSERIAL NOT NULL,
    "order_refund_id" BIGINT NOT NULL,
    "transaction_id" BIGINT,
    "listing_id" BIGINT,
    "sku" TEXT,
    "quantity" INTEGER,
    "amount" BIGINT NOT NULL,
    "amount_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "kind" TEXT,

    CONSTRAINT "order_refund_items_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_shipments" (
    "id" BIGSERIAL NOT NULL,
    "order_id" BIGINT NOT NULL,
    "shipment_id" BIGINT,
    "carrier_name" TEXT,
    "tracking_code" TEXT,
    "tracking_url" TEXT,
    "shipped_timestamp" BIGINT,
    "note" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_shipments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_payments" (
    "payment_id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "shop_id" BIGINT,
    "amount_gross" BIGINT,
    "amount_fees" BIGINT,
    "amount_net" BIGINT,
    "posted_gross" BIGINT,
    "posted_fees" BIGINT,
    "posted_net" BIGINT,
    "adjusted_gross" BIGINT,
    "adjusted_fees" BIGINT,
    "adjusted_net" BIGINT,
    "amount_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "listing_amount" BIGINT,
    "listing_divisor" INTEGER,
    "listing_currency_code" TEXT,
    "exchange_rate" DECIMAL(18,8),
    "refund_amount" BIGINT,
    "status" TEXT,
    "funds_available" TIMESTAMP(3),
    "created_timestamp" BIGINT,
    "time_precision" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_payments_pkey" PRIMARY KEY ("payment_id")
);

-- CreateTable
CREATE TABLE "listings" (
    "listing_id" BIGINT NOT NULL,
    "user_id" BIGINT,
    "shop_id" BIGINT,
    "shop_section_id" BIGINT,
    "shipping_profile_id" BIGINT,
    "return_policy_id" BIGINT,
    "taxonomy_id" BIGINT,
    "readiness_state_id" BIGINT,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "price" BIGINT NOT NULL,
    "price_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "views" BIGINT,
    "num_favorers" BIGINT,
    "creation_timestamp" BIGINT NOT NULL,
    "created_timestamp" BIGINT,
    "ending_timestamp" BIGINT,
    "original_creation_timestamp" BIGINT,
    "last_modified_timestamp" BIGINT,
    "updated_timestamp" BIGINT,
    "state_timestamp" BIGINT,
    "creation_datetime" TIMESTAMP(3),
    "created_datetime" TIMESTAMP(3),
    "last_modified_datetime" TIMESTAMP(3),
    "updated_datetime" TIMESTAMP(3),
    "featured_rank" INTEGER,
    "processing_min" INTEGER,
    "processing_max" INTEGER,
    "personalization_char_count_max" INTEGER,
    "non_taxable" BOOLEAN,
    "is_taxable" BOOLEAN,
    "is_customizable" BOOLEAN,
    "is_personalizable" BOOLEAN,
    "personalization_is_required" BOOLEAN,
    "is_supply" BOOLEAN,
    "is_private" BOOLEAN,
    "has_variations" BOOLEAN,
    "should_auto_renew" BOOLEAN,
    "materials" TEXT,
    "personalization_instructions" TEXT,
    "listing_type" TEXT,
    "who_made" TEXT,
    "when_made" TEXT,
    "style" TEXT,
    "file_data" TEXT,
    "language" TEXT,
    "price_on_property" TEXT,
    "quantity_on_property" TEXT,
    "sku_on_property" TEXT,
    "readiness_state_on_property" TEXT,
    "item_weight" DOUBLE PRECISION,
    "item_length" DOUBLE PRECISION,
    "item_width" DOUBLE PRECISION,
    "item_height" DOUBLE PRECISION,
    "item_weight_unit" TEXT,
    "item_dimensions_unit" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "listings_pkey" PRIMARY KEY ("listing_id")
);

-- CreateTable
CREATE TABLE "listing_products" (
    "id" BIGSERIAL NOT NULL,
    "listing_id" BIGINT NOT NULL,
    "product_id" BIGINT NOT NULL,
    "sku" TEXT,
    "is_deleted" BOOLEAN NOT NULL DEFAULT false,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "listing_products_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_offerings" (
    "id" BIGSERIAL NOT NULL,
    "listing_product_id" BIGINT NOT NULL,
    "offering_id" BIGINT,
    "price" BIGINT NOT NULL,
    "price_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "is_deleted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_offerings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_property_values" (
    "id" BIGSERIAL NOT NULL,
    "listing_product_id" BIGINT NOT NULL,
    "property_id" BIGINT NOT NULL,
    "property_name" TEXT,
    "scale_id" BIGINT,
    "scale_name" TEXT,
    "value_ids" TEXT,
    "values" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_property_values_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "listing_ad_stats" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" BIGINT,
    "listing_id" BIGINT NOT NULL,
    "periodType" "PeriodType" NOT NULL DEFAULT 'MONTHLY',
    "period_start" TIMESTAMP(3) NOT NULL,
    "period_end" TIMESTAMP(3) NOT NULL,
    "impressions" BIGINT,
    "clicks" BIGINT,
    "orders" BIGINT,
    "revenue" BIGINT,
    "revenue_divisor" INTEGER,
    "revenue_currency_code" TEXT,
    "spend" BIGINT,
    "spend_divisor" INTEGER,
    "spend_currency_code" TEXT,
    "raw_stats" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "listing_ad_stats_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "listing_visit_stats" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" BIGINT,
    "listing_id" BIGINT NOT NULL,
    "periodType" "PeriodType" NOT NULL DEFAULT 'MONTHLY',
    "period_start" TIMESTAMP(3) NOT NULL,
    "period_end" TIMESTAMP(3) NOT NULL,
    "visits" BIGINT,
    "views" BIGINT,
    "orders" BIGINT,
    "revenue" BIGINT,
    "revenue_divisor" INTEGER,
    "revenue_currency_code" TEXT,
    "raw_response" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "listing_visit_stats_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "entry_id" BIGINT NOT NULL,
    "shop_id" BIGINT,
    "ledger_type" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_divisor" INTEGER,
    "currency" TEXT NOT NULL,
    "created_timestamp" BIGINT NOT NULL,
    "description" TEXT NOT NULL,
    "related_payment_id" BIGINT,
    "sequence_number" BIGINT,
    "balance" BIGINT,
    "reference_id" BIGINT,
    "parent_entry_id" BIGINT,
    "order_id" BIGINT,
    "listing_id" BIGINT,
    "transaction_id" BIGINT,
    "reference_type" TEXT,
    "is_superseded" BOOLEAN NOT NULL DEFAULT false,
    "time_precision" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "import_file_id" BIGINT,
    "import_row" INTEGER,
    "external_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("entry_id")
);

-- CreateTable
CREATE TABLE "reviews" (
    "id" BIGSERIAL NOT NULL,
    "transaction_id" BIGINT NOT NULL,
    "shop_id" BIGINT,
    "listing_id" BIGINT,
    "product_id" BIGINT,
    "buyer_user_id" BIGINT,
    "rating" BIGINT NOT NULL DEFAULT 0,
    "review_message" TEXT NOT NULL DEFAULT '',
    "language" TEXT NOT NULL DEFAULT '',
    "image_url_fullxfull" TEXT NOT NULL DEFAULT '',
    "created_timestamp" BIGINT,
    "updated_timestamp" BIGINT,
    "created_datetime" TIMESTAMP(3),
    "updated_datetime" TIMESTAMP(3),
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reviews_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock_snapshots" (
    "shop_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "product_id" BIGINT NOT NULL,
    "listing_id" BIGINT NOT NULL,
    "sku" TEXT,
    "quantity" INTEGER NOT NULL,
    "is_enabled" BOOLEAN NOT NULL,
    "price" BIGINT NOT NULL,
    "price_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,

    CONSTRAINT "stock_snapshots_pkey" PRIMARY KEY ("shop_id","day","product_id")
);

-- CreateTable
CREATE TABLE "listing_snapshots" (
    "shop_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "listing_id" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "num_favorers" BIGINT,
    "views" BIGINT,

    CONSTRAINT "listing_snapshots_pkey" PRIMARY KEY ("shop_id","day","listing_id")
);

-- CreateTable
CREATE TABLE "dashboard_targets" (
    "shop_id" BIGINT NOT NULL,
    "metric" TEXT NOT NULL,
    "period_type" "PeriodType" NOT NULL,
    "period_start" DATE NOT NULL,
    "value" DECIMAL(18,6) NOT NULL,
    "set_by" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dashboard_targets_pkey" PRIMARY KEY ("shop_id","metric","period_type","period_start")
);

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
    "total_costs" DECIMAL(18,2),
    "cost_per_order" DECIMAL(18,2),
    "transaction_fees" DECIMAL(18,2),
    "processing_fees" DECIMAL(18,2),
    "listing_fees" DECIMAL(18,2),
    "regulatory_fees" DECIMAL(18,2),
    "currency_conversion_fees" DECIMAL(18,2),
    "vat_on_fees" DECIMAL(18,2),
    "other_fees" DECIMAL(18,2),
    "platform_fees" DECIMAL(18,2),
    "offsite_ads_fees" DECIMAL(18,2),
    "fee_credits" DECIMAL(18,2),
    "fee_measured_share" DOUBLE PRECISION,
    "fee_rate" DOUBLE PRECISION,
    "take_home_rate" DOUBLE PRECISION,
    "fees_retained_on_refunds" DECIMAL(18,2),
    "postage" DECIMAL(18,2),
    "duty" DECIMAL(18,2),
    "import_tax" DECIMAL(18,2),
    "carrier_fee" DECIMAL(18,2),
    "fulfilment_cost" DECIMAL(18,2),
    "parcels" BIGINT,
    "fulfilment_cost_per_parcel" DECIMAL(18,2),
    "landed_cost_per_order" DECIMAL(18,2),
    "shipping_result" DECIMAL(18,2),
    "weight_coverage" DOUBLE PRECISION,
    "gross_profit" DECIMAL(18,2),
    "contribution_profit" DECIMAL(18,2),
    "contribution_profit_low" DECIMAL(18,2),
    "marketing_cost" DECIMAL(18,2),
    "profit_after_ads" DECIMAL(18,2),
    "operating_expenses" DECIMAL(18,2),
    "net_profit" DECIMAL(18,2),
    "net_profit_low" DECIMAL(18,2),
    "gross_margin" DOUBLE PRECISION,
    "costed_gross_margin" DOUBLE PRECISION,
    "contribution_margin" DOUBLE PRECISION,
    "net_margin" DOUBLE PRECISION,
    "markup" DOUBLE PRECISION,
    "contribution_per_order" DECIMAL(18,2),
    "contribution_per_unit" DECIMAL(18,2),
    "net_profit_per_unit" DECIMAL(18,2),
    "loss_orders" BIGINT,
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
    "contribution_per_customer" DECIMAL(18,2),
    "days_between_customer_orders" DECIMAL(18,2),
    "customer_acquisition_cost" DECIMAL(18,2),
    "customer_lifetime_value" DECIMAL(18,2),
    "payback_days" BIGINT,
    "cancelled_orders" BIGINT,
    "cancellation_rate" DOUBLE PRECISION,
    "completion_rate" DOUBLE PRECISION,
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
    "seasonality_index" DOUBLE PRECISION,
    "closing_stock" BIGINT,
    "stock_value" DECIMAL(18,2),
    "average_stock_value" DECIMAL(18,2),
    "active_offers" BIGINT,
    "offer_price_average" DECIMAL(18,2),
    "offer_price_range" DECIMAL(18,2),
    "stock_turnover" DOUBLE PRECISION,
    "sell_through" DOUBLE PRECISION,
    "days_of_stock" DECIMAL(18,2),
    "stockout_days" BIGINT,
    "stockout_risk" DOUBLE PRECISION,
    "visits" BIGINT,
    "views" BIGINT,
    "favourites" BIGINT,
    "favourites_added" BIGINT,
    "conversion_rate" DOUBLE PRECISION,
    "favourite_to_order_rate" DOUBLE PRECISION,
    "view_to_favourite_rate" DOUBLE PRECISION,
    "sales_per_view" DECIMAL(18,2),
    "contribution_per_view" DECIMAL(18,2),
    "views_per_listing" DOUBLE PRECISION,
    "favourites_per_listing" DOUBLE PRECISION,
    "ad_spend" DECIMAL(18,2),
    "ad_clicks" BIGINT,
    "ad_orders" BIGINT,
    "ad_sales" DECIMAL(18,2),
    "cost_per_click" DECIMAL(18,2),
    "cost_per_ad_order" DECIMAL(18,2),
    "roas" DOUBLE PRECISION,
    "ad_spend_rate" DOUBLE PRECISION,
    "break_even_roas" DOUBLE PRECISION,
    "reviews" BIGINT,
    "review_average" DOUBLE PRECISION,

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
    "price_elasticity" DOUBLE PRECISION,
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
    "total_costs" DECIMAL(18,2),
    "cost_per_order" DECIMAL(18,2),
    "transaction_fees" DECIMAL(18,2),
    "processing_fees" DECIMAL(18,2),
    "listing_fees" DECIMAL(18,2),
    "regulatory_fees" DECIMAL(18,2),
    "currency_conversion_fees" DECIMAL(18,2),
    "vat_on_fees" DECIMAL(18,2),
    "other_fees" DECIMAL(18,2),
    "platform_fees" DECIMAL(18,2),
    "offsite_ads_fees" DECIMAL(18,2),
    "fee_credits" DECIMAL(18,2),
    "fee_measured_share" DOUBLE PRECISION,
    "fee_rate" DOUBLE PRECISION,
    "take_home_rate" DOUBLE PRECISION,
    "fees_retained_on_refunds" DECIMAL(18,2),
    "postage" DECIMAL(18,2),
    "duty" DECIMAL(18,2),
    "import_tax" DECIMAL(18,2),
    "carrier_fee" DECIMAL(18,2),
    "fulfilment_cost" DECIMAL(18,2),
    "parcels" INTEGER,
    "fulfilment_cost_per_parcel" DECIMAL(18,2),
    "landed_cost_per_order" DECIMAL(18,2),
    "shipping_result" DECIMAL(18,2),
    "weight_coverage" DOUBLE PRECISION,
    "gross_profit" DECIMAL(18,2),
    "contribution_profit" DECIMAL(18,2),
    "contribution_profit_low" DECIMAL(18,2),
    "marketing_cost" DECIMAL(18,2),
    "profit_after_ads" DECIMAL(18,2),
    "operating_expenses" DECIMAL(18,2),
    "net_profit" DECIMAL(18,2),
    "net_profit_low" DECIMAL(18,2),
    "gross_margin" DOUBLE PRECISION,
    "costed_gross_margin" DOUBLE PRECISION,
    "contribution_margin" DOUBLE PRECISION,
    "net_margin" DOUBLE PRECISION,
    "markup" DOUBLE PRECISION,
    "contribution_per_order" DECIMAL(18,2),
    "contribution_per_unit" DECIMAL(18,2),
    "net_profit_per_unit" DECIMAL(18,2),
    "loss_orders" INTEGER,
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
    "contribution_per_customer" DECIMAL(18,2),
    "cancelled_orders" INTEGER,
    "cancellation_rate" DOUBLE PRECISION,
    "completion_rate" DOUBLE PRECISION,
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
    "seasonality_index" DOUBLE PRECISION,
    "closing_stock" INTEGER,
    "stock_value" DECIMAL(18,2),
    "average_stock_value" DECIMAL(18,2),
    "active_offers" INTEGER,
    "offer_price_average" DECIMAL(18,2),
    "offer_price_range" DECIMAL(18,2),
    "stock_turnover" DOUBLE PRECISION,
    "sell_through" DOUBLE PRECISION,
    "days_of_stock" DECIMAL(18,2),
    "stockout_days" INTEGER,
    "stockout_risk" DOUBLE PRECISION,
    "visits" INTEGER,
    "views" INTEGER,
    "favourites" INTEGER,
    "favourites_added" INTEGER,
    "conversion_rate" DOUBLE PRECISION,
    "favourite_to_order_rate" DOUBLE PRECISION,
    "view_to_favourite_rate" DOUBLE PRECISION,
    "sales_per_view" DECIMAL(18,2),
    "contribution_per_view" DECIMAL(18,2),
    "views_vs_shop_average" DOUBLE PRECISION,
    "favourites_vs_shop_average" DOUBLE PRECISION,
    "ad_spend" DECIMAL(18,2),
    "ad_clicks" INTEGER,
    "ad_orders" INTEGER,
    "ad_sales" DECIMAL(18,2),
    "cost_per_click" DECIMAL(18,2),
    "cost_per_ad_order" DECIMAL(18,2),
    "roas" DOUBLE PRECISION,
    "ad_spend_rate" DOUBLE PRECISION,
    "break_even_roas" DOUBLE PRECISION,
    "reviews" INTEGER,
    "review_average" DOUBLE PRECISION,

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
    "price_elasticity" DOUBLE PRECISION,
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
    "total_costs" DECIMAL(18,2),
    "cost_per_order" DECIMAL(18,2),
    "transaction_fees" DECIMAL(18,2),
    "processing_fees" DECIMAL(18,2),
    "listing_fees" DECIMAL(18,2),
    "regulatory_fees" DECIMAL(18,2),
    "currency_conversion_fees" DECIMAL(18,2),
    "vat_on_fees" DECIMAL(18,2),
    "other_fees" DECIMAL(18,2),
    "platform_fees" DECIMAL(18,2),
    "offsite_ads_fees" DECIMAL(18,2),
    "fee_credits" DECIMAL(18,2),
    "fee_measured_share" DOUBLE PRECISION,
    "fee_rate" DOUBLE PRECISION,
    "take_home_rate" DOUBLE PRECISION,
    "fees_retained_on_refunds" DECIMAL(18,2),
    "postage" DECIMAL(18,2),
    "duty" DECIMAL(18,2),
    "import_tax" DECIMAL(18,2),
    "carrier_fee" DECIMAL(18,2),
    "fulfilment_cost" DECIMAL(18,2),
    "parcels" INTEGER,
    "fulfilment_cost_per_parcel" DECIMAL(18,2),
    "landed_cost_per_order" DECIMAL(18,2),
    "shipping_result" DECIMAL(18,2),
    "weight_coverage" DOUBLE PRECISION,
    "gross_profit" DECIMAL(18,2),
    "contribution_profit" DECIMAL(18,2),
    "contribution_profit_low" DECIMAL(18,2),
    "marketing_cost" DECIMAL(18,2),
    "profit_after_ads" DECIMAL(18,2),
    "operating_expenses" DECIMAL(18,2),
    "net_profit" DECIMAL(18,2),
    "net_profit_low" DECIMAL(18,2),
    "gross_margin" DOUBLE PRECISION,
    "costed_gross_margin" DOUBLE PRECISION,
    "contribution_margin" DOUBLE PRECISION,
    "net_margin" DOUBLE PRECISION,
    "markup" DOUBLE PRECISION,
    "contribution_per_order" DECIMAL(18,2),
    "contribution_per_unit" DECIMAL(18,2),
    "net_profit_per_unit" DECIMAL(18,2),
    "loss_orders" INTEGER,
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
    "contribution_per_customer" DECIMAL(18,2),
    "cancelled_orders" INTEGER,
    "cancellation_rate" DOUBLE PRECISION,
    "completion_rate" DOUBLE PRECISION,
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
    "seasonality_index" DOUBLE PRECISION,
    "closing_stock" INTEGER,
    "stock_value" DECIMAL(18,2),
    "average_stock_value" DECIMAL(18,2),
    "active_offers" INTEGER,
    "offer_price_average" DECIMAL(18,2),
    "offer_price_range" DECIMAL(18,2),
    "stock_turnover" DOUBLE PRECISION,
    "sell_through" DOUBLE PRECISION,
    "days_of_stock" DECIMAL(18,2),
    "stockout_days" INTEGER,
    "stockout_risk" DOUBLE PRECISION,
    "ad_spend" DECIMAL(18,2),
    "ad_spend_rate" DOUBLE PRECISION,
    "break_even_roas" DOUBLE PRECISION,
    "reviews" INTEGER,
    "review_average" DOUBLE PRECISION,

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
    "rows_expired" BIGINT NOT NULL DEFAULT 0,
    "revisions_expired" BIGINT NOT NULL DEFAULT 0,
    "stage_seconds" JSONB,
    "identities" JSONB,
    "coverage" JSONB,
    "warnings" JSONB,
    "tie_out" JSONB,
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
CREATE UNIQUE INDEX "shops_name_key" ON "shops"("name");

-- CreateIndex
CREATE INDEX "idx_shops_updated_at" ON "shops"("updated_at");

-- CreateIndex
CREATE INDEX "idx_import_files_started_at" ON "import_files"("started_at");

-- CreateIndex
CREATE UNIQUE INDEX "import_files_shop_id_kind_sha256_key" ON "import_files"("shop_id", "kind", "sha256");

-- CreateIndex
CREATE INDEX "idx_import_rejects_import_file_id" ON "import_rejects"("import_file_id");

-- CreateIndex
CREATE INDEX "idx_orders_shop_id" ON "orders"("shop_id");

-- CreateIndex
CREATE INDEX "idx_orders_buyer_user_id" ON "orders"("buyer_user_id");

-- CreateIndex
CREATE INDEX "idx_orders_country" ON "orders"("country");

-- CreateIndex
CREATE INDEX "idx_orders_created_timestamp" ON "orders"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_orders_status" ON "orders"("status");

-- CreateIndex
CREATE INDEX "idx_orders_created_timestamp_status" ON "orders"("created_timestamp", "status");

-- CreateIndex
CREATE INDEX "idx_orders_updated_at" ON "orders"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "order_transactions_transaction_id_key" ON "order_transactions"("transaction_id");

-- CreateIndex
CREATE INDEX "idx_order_transactions_order_id" ON "order_transactions"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_transactions_listing_id" ON "order_transactions"("listing_id");

-- CreateIndex
CREATE INDEX "idx_order_transactions_product_id" ON "order_transactions"("product_id");

-- CreateIndex
CREATE INDEX "idx_order_transactions_sku" ON "order_transactions"("sku");

-- CreateIndex
CREATE INDEX "idx_order_transactions_order_id_listing_id" ON "order_transactions"("order_id", "listing_id");

-- CreateIndex
CREATE INDEX "idx_order_transactions_order_id_product_id" ON "order_transactions"("order_id", "product_id");

-- CreateIndex
CREATE INDEX "idx_order_transactions_updated_at" ON "order_transactions"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "order_refunds_refund_id_key" ON "order_refunds"("refund_id");

-- CreateIndex
CREATE INDEX "idx_order_refunds_order_id" ON "order_refunds"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_refunds_created_timestamp" ON "order_refunds"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_order_refunds_status" ON "order_refunds"("status");

-- CreateIndex
CREATE INDEX "idx_order_refunds_updated_at" ON "order_refunds"("updated_at");

-- CreateIndex
CREATE INDEX "idx_order_refund_items_order_refund_id" ON "order_refund_items"("order_refund_id");

-- CreateIndex
CREATE INDEX "idx_order_refund_items_transaction_id" ON "order_refund_items"("transaction_id");

-- CreateIndex
CREATE INDEX "idx_order_shipments_order_id" ON "order_shipments"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_shipments_shipped_timestamp" ON "order_shipments"("shipped_timestamp");

-- CreateIndex
CREATE INDEX "idx_order_shipments_updated_at" ON "order_shipments"("updated_at");

-- CreateIndex
CREATE INDEX "idx_order_payments_order_id" ON "order_payments"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_payments_created_timestamp" ON "order_payments"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_order_payments_updated_at" ON "order_payments"("updated_at");

-- CreateIndex
CREATE INDEX "idx_listings_shop_id" ON "listings"("shop_id");

-- CreateIndex
CREATE INDEX "idx_listings_state" ON "listings"("state");

-- CreateIndex
CREATE INDEX "idx_listings_updated_at" ON "listings"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "listing_products_product_id_key" ON "listing_products"("product_id");

-- CreateIndex
CREATE INDEX "idx_listing_products_listing_id" ON "listing_products"("listing_id");

-- CreateIndex
CREATE INDEX "idx_listing_products_sku" ON "listing_products"("sku");

-- CreateIndex
CREATE INDEX "idx_listing_products_is_deleted" ON "listing_products"("is_deleted");

-- CreateIndex
CREATE INDEX "idx_listing_products_sku_is_deleted" ON "listing_products"("sku", "is_deleted");

-- CreateIndex
CREATE INDEX "idx_listing_products_updated_at" ON "listing_products"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "listing_products_listing_id_product_id_key" ON "listing_products"("listing_id", "product_id");

-- CreateIndex
CREATE INDEX "idx_product_offerings_listing_product_id" ON "product_offerings"("listing_product_id");

-- CreateIndex
CREATE INDEX "idx_product_offerings_is_enabled_is_deleted" ON "product_offerings"("is_enabled", "is_deleted");

-- CreateIndex
CREATE INDEX "idx_product_offerings_updated_at" ON "product_offerings"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "product_offerings_listing_product_id_offering_id_key" ON "product_offerings"("listing_product_id", "offering_id");

-- CreateIndex
CREATE INDEX "idx_product_property_values_updated_at" ON "product_property_values"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "product_property_values_listing_product_id_property_id_key" ON "product_property_values"("listing_product_id", "property_id");

-- CreateIndex
CREATE INDEX "idx_listing_ad_stats_listing_id" ON "listing_ad_stats"("listing_id");

-- CreateIndex
CREATE INDEX "idx_listing_ad_stats_listing_id_period_start_period_end" ON "listing_ad_stats"("listing_id", "period_start", "period_end");

-- CreateIndex
CREATE INDEX "idx_listing_ad_stats_period_start" ON "listing_ad_stats"("period_start");

-- CreateIndex
CREATE INDEX "idx_listing_ad_stats_period_end" ON "listing_ad_stats"("period_end");

-- CreateIndex
CREATE INDEX "idx_listing_ad_stats_updated_at" ON "listing_ad_stats"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "listing_ad_stats_listing_id_periodType_period_start_period__key" ON "listing_ad_stats"("listing_id", "periodType", "period_start", "period_end");

-- CreateIndex
CREATE INDEX "idx_listing_visit_stats_listing_id" ON "listing_visit_stats"("listing_id");

-- CreateIndex
CREATE INDEX "idx_listing_visit_stats_listing_id_period_start_period_end" ON "listing_visit_stats"("listing_id", "period_start", "period_end");

-- CreateIndex
CREATE INDEX "idx_listing_visit_stats_period_start" ON "listing_visit_stats"("period_start");

-- CreateIndex
CREATE INDEX "idx_listing_visit_stats_period_end" ON "listing_visit_stats"("period_end");

-- CreateIndex
CREATE INDEX "idx_listing_visit_stats_updated_at" ON "listing_visit_stats"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "listing_visit_stats_listing_id_periodType_period_start_peri_key" ON "listing_visit_stats"("listing_id", "periodType", "period_start", "period_end");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_shop_id" ON "ledger_entries"("shop_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_created_timestamp" ON "ledger_entries"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_ledger_type" ON "ledger_entries"("ledger_type");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_related_payment_id" ON "ledger_entries"("related_payment_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_order_id" ON "ledger_entries"("order_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_reference_type_reference_id" ON "ledger_entries"("reference_type", "reference_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_parent_entry_id" ON "ledger_entries"("parent_entry_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_updated_at" ON "ledger_entries"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "reviews_transaction_id_key" ON "reviews"("transaction_id");

-- CreateIndex
CREATE INDEX "idx_reviews_created_timestamp" ON "reviews"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_reviews_listing_id" ON "reviews"("listing_id");

-- CreateIndex
CREATE INDEX "idx_reviews_product_id" ON "reviews"("product_id");

-- CreateIndex
CREATE INDEX "idx_reviews_rating" ON "reviews"("rating");

-- CreateIndex
CREATE INDEX "idx_reviews_updated_at" ON "reviews"("updated_at");

-- CreateIndex
CREATE INDEX "idx_dashboard_targets_updated_at" ON "dashboard_targets"("updated_at");

-- CreateIndex
CREATE INDEX "idx_shop_reports_run_id" ON "shop_reports" USING BRIN ("run_id");

-- CreateIndex
CREATE INDEX "idx_listing_reports_shop_id_listing_id_period_type_period_start" ON "listing_reports"("shop_id", "listing_id", "period_type", "period_start");

-- CreateIndex
CREATE INDEX "idx_listing_reports_run_id" ON "listing_reports" USING BRIN ("run_id");

-- CreateIndex
CREATE INDEX "idx_product_reports_shop_id_sku_period_type_period_start" ON "product_reports"("shop_id", "sku", "period_type", "period_start");

-- CreateIndex
CREATE INDEX "idx_product_reports_run_id" ON "product_reports" USING BRIN ("run_id");

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

-- AddForeignKey
ALTER TABLE "import_files" ADD CONSTRAINT "import_files_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_rejects" ADD CONSTRAINT "import_rejects_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "listing_products"("product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_refund_items" ADD CONSTRAINT "order_refund_items_order_refund_id_fkey" FOREIGN KEY ("order_refund_id") REFERENCES "order_refunds"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_shipments" ADD CONSTRAINT "order_shipments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_payments" ADD CONSTRAINT "order_payments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_payments" ADD CONSTRAINT "order_payments_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listings" ADD CONSTRAINT "listings_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listings" ADD CONSTRAINT "listings_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_products" ADD CONSTRAINT "listing_products_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_products" ADD CONSTRAINT "listing_products_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_offerings" ADD CONSTRAINT "product_offerings_listing_product_id_fkey" FOREIGN KEY ("listing_product_id") REFERENCES "listing_products"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_property_values" ADD CONSTRAINT "product_property_values_listing_product_id_fkey" FOREIGN KEY ("listing_product_id") REFERENCES "listing_products"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_ad_stats" ADD CONSTRAINT "listing_ad_stats_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_ad_stats" ADD CONSTRAINT "listing_ad_stats_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_visit_stats" ADD CONSTRAINT "listing_visit_stats_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_visit_stats" ADD CONSTRAINT "listing_visit_stats_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "order_transactions"("transaction_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "listing_products"("product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dashboard_targets" ADD CONSTRAINT "dashboard_targets_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
