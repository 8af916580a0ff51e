-- How the months of a run tie to the payment account; runs before did not look.
ALTER TABLE "report_runs" ADD COLUMN     "tie_out" JSONB;
