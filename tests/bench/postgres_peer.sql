-- The peer: a payment's rows on PostgreSQL, written by hand for this one purpose, as a function a payment and as one statement a thousand
-- payments. It checks the id, computes the commission, posts it twice and keeps both balances; it has no tree, no terms, no maturities, no
-- statements and no refunds.
CREATE TABLE record (sequence bigint GENERATED ALWAYS AS IDENTITY (CACHE 50) PRIMARY KEY, body bytea NOT NULL, leaf bytea NOT NULL);
CREATE TABLE posting (sequence bigint NOT NULL, account bigint NOT NULL, amount bigint NOT NULL CHECK (amount <> 0), PRIMARY KEY (sequence, account));
CREATE TABLE commission (
  sequence bigint PRIMARY KEY, partner bigint NOT NULL, customer bigint NOT NULL, collected bigint NOT NULL, base bigint NOT NULL,
  accrued bigint NOT NULL, paid_at bigint NOT NULL, matures_on int NOT NULL, CHECK (accrued * 10 <= base));
CREATE TABLE payment_id (id bytea PRIMARY KEY, sequence bigint NOT NULL);
CREATE TABLE balance (account bigint PRIMARY KEY, amount bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO balance SELECT account, 0 FROM generate_series(0, 100001) AS account;

CREATE FUNCTION report(payment_key bytea, payer bigint, earner bigint, cash bigint, commissionable bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
  earned bigint := commissionable * 750 / 10000;
  bytes bytea := payment_key || decode(repeat('72', 134), 'hex');
BEGIN
  SELECT sequence INTO number FROM payment_id WHERE id = payment_key;
  IF FOUND THEN RETURN number; END IF;
  INSERT INTO record (body, leaf) VALUES (bytes, sha256(bytes)) RETURNING sequence INTO number;
  INSERT INTO payment_id VALUES (payment_key, number);
  INSERT INTO posting VALUES (number, 0, earned), (number, earner, -earned);
  INSERT INTO commission VALUES (number, earner, payer, cash, commissionable, earned, extract(epoch FROM now())::bigint, 20500);
  UPDATE balance SET amount = amount - earned WHERE account = earner;
  RETURN number;
END $$;

CREATE FUNCTION report_thousand(earners bigint) RETURNS bigint LANGUAGE sql AS $$
  WITH fresh AS MATERIALIZED (
    SELECT sha256(convert_to(random()::text || n || clock_timestamp(), 'UTF8')) AS key, 1 + floor(power(random(), 3) * earners)::bigint AS earner,
           floor(random() * 1000000)::bigint AS payer
    FROM generate_series(1, 1000) AS n),
  logged AS (INSERT INTO record (body, leaf) SELECT key || decode(repeat('72', 118), 'hex'), sha256(key) FROM fresh RETURNING sequence, body),
  numbered AS MATERIALIZED (SELECT sequence, earner, payer, key FROM logged JOIN fresh ON substr(body, 1, 32) = key),
  named AS (INSERT INTO payment_id SELECT substr(key, 1, 16), sequence FROM numbered),
  posted AS (INSERT INTO posting SELECT sequence, 0, 11242 FROM numbered UNION ALL SELECT sequence, earner, -11242 FROM numbered),
  earned AS (INSERT INTO commission SELECT sequence, earner, payer, 176882, 149900, 11242, 1764000000, 20500 FROM numbered),
  summed AS (UPDATE balance SET amount = amount - total FROM (SELECT earner, sum(11242)::bigint AS total FROM numbered GROUP BY earner) AS t WHERE account = earner)
  SELECT count(*) FROM numbered;
$$;
