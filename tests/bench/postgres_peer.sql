-- The peer: a payment's entry on PostgreSQL, written by hand for this one purpose, as a function a payment and as one statement a thousand
-- payments. As Trailbook does it finds who referred the customer and at which rate, refuses an id that comes again with other amounts, computes
-- the commission and posts it twice, and keeps what each partner has pending, now and day by day, with what matures on each day. Left out, all
-- in its favour: the tree, terms that change, sign-ups and first payments, the order of a partner's postings for statements, refunds, and the
-- company's own balance, which each payment would wait for. A thousand payments are made up by the server, so that nothing has to be sent.
--
--   psql -v customers=N -v partners=N -f postgres_peer.sql
CREATE TABLE referral (key bytea PRIMARY KEY, customer bigint NOT NULL, partner bigint NOT NULL, rate_bps int NOT NULL);
CREATE TABLE record (sequence bigint GENERATED ALWAYS AS IDENTITY (CACHE 50) PRIMARY KEY, body bytea NOT NULL, leaf bytea NOT NULL);
CREATE TABLE posting (sequence bigint NOT NULL, account bigint NOT NULL, amount bigint NOT NULL CHECK (amount <> 0), PRIMARY KEY (sequence, account));
CREATE TABLE commission (
  sequence bigint PRIMARY KEY, partner bigint NOT NULL, customer bigint NOT NULL, collected bigint NOT NULL, base bigint NOT NULL,
  accrued bigint NOT NULL, paid_at bigint NOT NULL, matures_on int NOT NULL, CHECK (accrued * 10 <= base));
CREATE TABLE payment_id (id bytea PRIMARY KEY, sequence bigint NOT NULL);
CREATE TABLE balance (partner bigint PRIMARY KEY, pending bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE balance_day (
  day int NOT NULL, partner bigint NOT NULL, accrued bigint NOT NULL, maturing bigint NOT NULL, PRIMARY KEY (day, partner)) WITH (fillfactor = 50);

CREATE FUNCTION customer_key(customer bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(md5('customer ' || customer), 'hex') $$;
-- The n-th partner brought a share that falls as 1/n (Zipf); the first customer is the first partner's.
INSERT INTO referral
  SELECT customer_key(customer), customer, CASE customer WHEN 1 THEN 1 ELSE floor(power(:partners, random()))::bigint END, 750
  FROM generate_series(1, :customers) AS customer;
INSERT INTO balance SELECT partner, 0 FROM generate_series(1, :partners) AS partner;
VACUUM ANALYZE;

CREATE FUNCTION report(payment_key bytea, payer bytea, cash bigint, commissionable bigint, occurred bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  known record;
  referred record;
  number bigint;
  earned bigint;
  booked int := occurred / 86400;
  bytes bytea := payment_key || payer || decode(repeat('72', 118), 'hex');
BEGIN
  SELECT sequence, collected, base INTO known FROM payment_id JOIN commission USING (sequence) WHERE id = payment_key;
  IF FOUND THEN
    IF known.collected <> cash OR known.base <> commissionable THEN
      RAISE 'payment % was reported before with other amounts', payment_key;
    END IF;
    RETURN known.sequence;
  END IF;
  SELECT customer, partner, rate_bps INTO STRICT referred FROM referral WHERE key = payer;
  earned := commissionable * referred.rate_bps / 10000;
  INSERT INTO record (body, leaf) VALUES (bytes, sha256(bytes)) RETURNING sequence INTO number;
  INSERT INTO payment_id VALUES (payment_key, number);
  INSERT INTO posting VALUES (number, 0, earned), (number, referred.partner, -earned);
  INSERT INTO commission VALUES (number, referred.partner, referred.customer, cash, commissionable, earned, occurred, booked + 30);
  UPDATE balance SET pending = pending + earned WHERE partner = referred.partner;
  INSERT INTO balance_day AS kept VALUES (booked, referred.partner, earned, 0), (booked + 30, referred.partner, 0, earned)
    ON CONFLICT (day, partner) DO UPDATE SET accrued = kept.accrued + excluded.accrued, maturing = kept.maturing + excluded.maturing;
  RETURN number;
END $$;

-- Rows that several such calls change are locked in the order of their keys, so that none waits for another in a circle.
CREATE FUNCTION report_thousand(customers bigint, occurred bigint) RETURNS bigint LANGUAGE sql AS $$
  WITH fresh AS MATERIALIZED (
    SELECT sha256(convert_to(random()::text || n || clock_timestamp(), 'UTF8')) AS key, customer_key(1 + floor(random() * customers)::bigint) AS payer
    FROM generate_series(1, 1000) AS n),
  priced AS MATERIALIZED (
    SELECT fresh.key, customer, partner, 149900::bigint * rate_bps / 10000 AS earned FROM fresh JOIN referral ON referral.key = payer),
  logged AS (INSERT INTO record (body, leaf) SELECT key || decode(repeat('72', 118), 'hex'), sha256(key) FROM priced RETURNING sequence, body),
  numbered AS MATERIALIZED (SELECT sequence, key, customer, partner, earned FROM logged JOIN priced ON substr(body, 1, 32) = key),
  named AS (INSERT INTO payment_id SELECT substr(key, 1, 16), sequence FROM numbered),
  posted AS (INSERT INTO posting SELECT sequence, 0, earned FROM numbered UNION ALL SELECT sequence, partner, -earned FROM numbered),
  earning AS (
    INSERT INTO commission SELECT sequence, partner, customer, 176882, 149900, earned, occurred, occurred / 86400 + 30 FROM numbered),
  summed AS MATERIALIZED (SELECT partner, sum(earned)::bigint AS earned FROM numbered GROUP BY partner ORDER BY partner),
  kept AS (
    INSERT INTO balance AS kept SELECT partner, earned FROM summed
    ON CONFLICT (partner) DO UPDATE SET pending = kept.pending + excluded.pending),
  kept_by_day AS (
    INSERT INTO balance_day AS kept
      SELECT occurred / 86400, partner, earned, 0 FROM summed UNION ALL SELECT occurred / 86400 + 30, partner, 0, earned FROM summed
    ON CONFLICT (day, partner) DO UPDATE SET accrued = kept.accrued + excluded.accrued, maturing = kept.maturing + excluded.maturing)
  SELECT count(*) FROM numbered;
$$;
