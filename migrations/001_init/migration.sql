-- The tables that shop databases already have, and nothing else: an existing database that is
-- adopted has these before its first migration. What it lacks is in 002.

-- CreateEnum
CREATE TYPE "PeriodType" AS ENUM ('YEARLY', 'MONTHLY', 'WEEKLY');

-- CreateTable
CREATE TABLE "orders" (
    "order_id" BIGINT NOT NULL,
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
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

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
    "quantity" INTEGER NOT NULL,
    "price" BIGINT NOT NULL,
    "price_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "shipping_cost" BIGINT,
    "tax_cost" BIGINT,
    "variation_data" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "order_transactions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_refunds" (
    "id" BIGSERIAL NOT NULL,
    "order_id" BIGINT,
    "refund_id" BIGINT,
    "amount" BIGINT NOT NULL,
    "amount_divisor" INTEGER,
    "currency_code" TEXT NOT NULL,
    "reason" TEXT,
    "note" TEXT,
    "status" TEXT,
    "created_timestamp" BIGINT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "order_refunds_pkey" PRIMARY KEY ("id")
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
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "order_shipments_pkey" PRIMARY KEY ("id")
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
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "listings_pkey" PRIMARY KEY ("listing_id")
);

-- CreateTable
CREATE TABLE "listing_products" (
    "id" BIGSERIAL NOT NULL,
    "listing_id" BIGINT NOT NULL,
    "product_id" BIGINT NOT NULL,
    "sku" TEXT,
    "is_deleted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

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
    "updated_at" TIMESTAMP(3) NOT NULL,

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
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "product_property_values_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "listing_ad_stats" (
    "id" BIGSERIAL NOT NULL,
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
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "listing_ad_stats_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "listing_visit_stats" (
    "id" BIGSERIAL NOT NULL,
    "listing_id" BIGINT NOT NULL,
    "periodType" "PeriodType" NOT NULL DEFAULT 'MONTHLY',
    "period_start" TIMESTAMP(3) NOT NULL,
    "period_end" TIMESTAMP(3) NOT NULL,
    "visits" BIGINT,
    "views" BIGINT,
    "orders" BIGINT,
    "revenue" BIGINT,
    "raw_response" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "listing_visit_stats_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "entry_id" BIGINT NOT NULL,
    "ledger_type" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "created_timestamp" BIGINT NOT NULL,
    "description" TEXT NOT NULL,
    "related_payment_id" BIGINT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

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

    CONSTRAINT "reviews_pkey" PRIMARY KEY ("id")
);

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
CREATE INDEX "idx_order_refunds_order_id" ON "order_refunds"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_refunds_created_timestamp" ON "order_refunds"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_order_refunds_status" ON "order_refunds"("status");

-- CreateIndex
CREATE INDEX "idx_order_refunds_updated_at" ON "order_refunds"("updated_at");

-- CreateIndex
CREATE INDEX "idx_order_shipments_order_id" ON "order_shipments"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_shipments_shipped_timestamp" ON "order_shipments"("shipped_timestamp");

-- CreateIndex
CREATE INDEX "idx_order_shipments_updated_at" ON "order_shipments"("updated_at");

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
CREATE INDEX "idx_ledger_entries_created_timestamp" ON "ledger_entries"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_ledger_type" ON "ledger_entries"("ledger_type");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_related_payment_id" ON "ledger_entries"("related_payment_id");

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

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "listing_products"("product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_shipments" ADD CONSTRAINT "order_shipments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_products" ADD CONSTRAINT "listing_products_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_offerings" ADD CONSTRAINT "product_offerings_listing_product_id_fkey" FOREIGN KEY ("listing_product_id") REFERENCES "listing_products"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_property_values" ADD CONSTRAINT "product_property_values_listing_product_id_fkey" FOREIGN KEY ("listing_product_id") REFERENCES "listing_products"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_ad_stats" ADD CONSTRAINT "listing_ad_stats_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_visit_stats" ADD CONSTRAINT "listing_visit_stats_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "order_transactions"("transaction_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "listing_products"("product_id") ON DELETE RESTRICT ON UPDATE CASCADE;
