-- The tables of operations.prisma.

CREATE TYPE "Carrier" AS ENUM ('ROAD', 'RAIL', 'AIR');

CREATE TABLE senders (
  id   SERIAL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE parcels (
  id        BIGINT PRIMARY KEY,
  code      TEXT NOT NULL UNIQUE,
  weight    INTEGER NOT NULL DEFAULT 1,
  carrier   "Carrier" NOT NULL DEFAULT 'ROAD',
  note      TEXT,
  sender_id INTEGER REFERENCES senders (id)
);

CREATE TABLE stamps (
  parcel_id BIGINT NOT NULL REFERENCES parcels (id) ON DELETE CASCADE,
  number    INTEGER NOT NULL,
  facts     JSONB,
  PRIMARY KEY (parcel_id, number)
);

CREATE TABLE samples (
  id           INTEGER PRIMARY KEY,
  text         TEXT,
  whole        INTEGER,
  large        BIGINT,
  "real"       DOUBLE PRECISION,
  exact        NUMERIC(30, 10),
  flag         BOOLEAN,
  moment       TIMESTAMP(3),
  zoned_moment TIMESTAMPTZ(3),
  day          DATE,
  raw          BYTEA,
  facts        JSONB,
  carrier      "Carrier",
  uuid         UUID,

  texts        TEXT[],
  wholes       INTEGER[],
  larges       BIGINT[],
  reals        DOUBLE PRECISION[],
  exacts       NUMERIC(30, 10)[],
  flags        BOOLEAN[],
  moments      TIMESTAMP(3)[],
  days         DATE[],
  raws         BYTEA[],
  fact_list    JSONB[],
  carriers     "Carrier"[],
  uuids        UUID[]
);
