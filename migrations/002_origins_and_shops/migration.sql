-- What an existing shop database lacks: shops, files and where a row came from, payments, refund
-- items, daily snapshots, targets. updated_at gets a default, because bulk writers leave it out.

-- AlterEnum
-- The order is that of the spans, longest first. A value that was added here can't be used before
-- this transaction ends, so nothing below names one.
ALTER TYPE "PeriodType" ADD VALUE IF NOT EXISTS 'QUARTERLY' BEFORE 'MONTHLY';
ALTER TYPE "PeriodType" ADD VALUE IF NOT EXISTS 'DAILY' AFTER 'WEEKLY';
ALTER TYPE "PeriodType" ADD VALUE IF NOT EXISTS 'CUSTOM' AFTER 'DAILY';

-- AlterTable
ALTER TABLE "orders" ADD COLUMN "coupon_code" TEXT,
ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "shipping_discount_amt" BIGINT,
ADD COLUMN "shop_id" BIGINT,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ADD COLUMN "time_precision" TEXT,
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "order_transactions" ADD COLUMN "buyer_coupon_amt" BIGINT,
ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "is_digital" BOOLEAN,
ADD COLUMN "paid_timestamp" BIGINT,
ADD COLUMN "shipped_timestamp" BIGINT,
ADD COLUMN "shop_coupon_amt" BIGINT,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ADD COLUMN "title" TEXT,
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "order_refunds" ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "is_superseded" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "shop_id" BIGINT,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ADD COLUMN "tax_amount" BIGINT,
ADD COLUMN "time_precision" TEXT,
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "order_shipments" ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "listings" ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "price_divisor" INTEGER,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "listing_products" ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "product_offerings" ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "product_property_values" ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "listing_ad_stats" ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "shop_id" BIGINT,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "listing_visit_stats" ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "revenue_currency_code" TEXT,
ADD COLUMN "revenue_divisor" INTEGER,
ADD COLUMN "shop_id" BIGINT,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "ledger_entries" ADD COLUMN "amount_divisor" INTEGER,
ADD COLUMN "balance" BIGINT,
ADD COLUMN "external_id" TEXT,
ADD COLUMN "import_file_id" BIGINT,
ADD COLUMN "import_row" INTEGER,
ADD COLUMN "is_superseded" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "listing_id" BIGINT,
ADD COLUMN "order_id" BIGINT,
ADD COLUMN "parent_entry_id" BIGINT,
ADD COLUMN "reference_id" BIGINT,
ADD COLUMN "reference_type" TEXT,
ADD COLUMN "sequence_number" BIGINT,
ADD COLUMN "shop_id" BIGINT,
ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
ADD COLUMN "time_precision" TEXT,
ADD COLUMN "transaction_id" BIGINT,
ALTER COLUMN "updated_at" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "reviews" ADD COLUMN "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

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
CREATE INDEX "idx_order_refund_items_order_refund_id" ON "order_refund_items"("order_refund_id");

-- CreateIndex
CREATE INDEX "idx_order_refund_items_transaction_id" ON "order_refund_items"("transaction_id");

-- CreateIndex
CREATE INDEX "idx_order_payments_order_id" ON "order_payments"("order_id");

-- CreateIndex
CREATE INDEX "idx_order_payments_created_timestamp" ON "order_payments"("created_timestamp");

-- CreateIndex
CREATE INDEX "idx_order_payments_updated_at" ON "order_payments"("updated_at");

-- CreateIndex
CREATE INDEX "idx_dashboard_targets_updated_at" ON "dashboard_targets"("updated_at");

-- CreateIndex
CREATE INDEX "idx_orders_shop_id" ON "orders"("shop_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_refunds_refund_id_key" ON "order_refunds"("refund_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_shop_id" ON "ledger_entries"("shop_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_order_id" ON "ledger_entries"("order_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_reference_type_reference_id" ON "ledger_entries"("reference_type", "reference_id");

-- CreateIndex
CREATE INDEX "idx_ledger_entries_parent_entry_id" ON "ledger_entries"("parent_entry_id");

-- CreateIndex
CREATE INDEX "idx_reviews_updated_at" ON "reviews"("updated_at");

-- AddForeignKey
ALTER TABLE "import_files" ADD CONSTRAINT "import_files_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_rejects" ADD CONSTRAINT "import_rejects_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_transactions" ADD CONSTRAINT "order_transactions_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_refund_items" ADD CONSTRAINT "order_refund_items_order_refund_id_fkey" FOREIGN KEY ("order_refund_id") REFERENCES "order_refunds"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_payments" ADD CONSTRAINT "order_payments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_payments" ADD CONSTRAINT "order_payments_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listings" ADD CONSTRAINT "listings_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listings" ADD CONSTRAINT "listings_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_products" ADD CONSTRAINT "listing_products_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_ad_stats" ADD CONSTRAINT "listing_ad_stats_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listing_visit_stats" ADD CONSTRAINT "listing_visit_stats_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_import_file_id_fkey" FOREIGN KEY ("import_file_id") REFERENCES "import_files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dashboard_targets" ADD CONSTRAINT "dashboard_targets_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("shop_id") ON DELETE CASCADE ON UPDATE CASCADE;
