// Version 1 of the schema, what SQLite has beside the tables of schema_v1.h: guards of the log, and statistics.
#ifndef TRAILBOOK_LEDGER_STORE_SCHEMA_V1_SQLITE_H_
#define TRAILBOOK_LEDGER_STORE_SCHEMA_V1_SQLITE_H_

namespace trailbook::store {

// What SQLite refuses whoever asks, and its statistics.
inline constexpr char kSqliteGuardsV1[] = R"sql(
CREATE TRIGGER log_record_no_update BEFORE UPDATE ON log_record
BEGIN SELECT RAISE(ABORT, 'the log is append-only: records are never updated'); END;
CREATE TRIGGER log_record_no_delete BEFORE DELETE ON log_record
BEGIN SELECT RAISE(ABORT, 'the log is append-only: records are never deleted'); END;
CREATE TRIGGER log_record_no_replace BEFORE INSERT ON log_record
WHEN EXISTS (SELECT 1 FROM log_record WHERE program_id = NEW.program_id AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: records are never replaced'); END;
CREATE TRIGGER log_tile_only_grows BEFORE UPDATE ON log_tile
WHEN substr(NEW.hashes, 1, length(OLD.hashes)) IS NOT OLD.hashes
  OR NEW.program_id <> OLD.program_id OR NEW.level <> OLD.level OR NEW.tile <> OLD.tile
BEGIN SELECT RAISE(ABORT, 'the log is append-only: tiles only grow'); END;
CREATE TRIGGER log_tile_no_delete BEFORE DELETE ON log_tile
BEGIN SELECT RAISE(ABORT, 'the log is append-only: tiles are never deleted'); END;
CREATE TRIGGER log_tile_no_replace BEFORE INSERT ON log_tile
WHEN EXISTS (SELECT 1 FROM log_tile WHERE program_id = NEW.program_id AND level = NEW.level AND tile = NEW.tile
             AND substr(NEW.hashes, 1, length(hashes)) IS NOT hashes)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: tiles only grow'); END;
CREATE TRIGGER log_head_only_grows BEFORE UPDATE ON log_head
WHEN NEW.size <= OLD.size OR NEW.program_id <> OLD.program_id
BEGIN SELECT RAISE(ABORT, 'the log is append-only: its head only grows'); END;
CREATE TRIGGER log_head_no_replace BEFORE INSERT ON log_head
WHEN EXISTS (SELECT 1 FROM log_head WHERE program_id = NEW.program_id AND size >= NEW.size)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: its head only grows'); END;
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head
BEGIN SELECT RAISE(ABORT, 'the log is append-only: its head is never deleted'); END;

-- Without statistics SQLite takes a primary key with three of its columns for as good as an index with all of them. These are what a large
-- program looks like; they stand here so that every ledger plans alike, from its first row on. No ANALYZE is ever run over them.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('parked', 'parked', '1000000 1000000 1'),
  ('parked', 'parked_wait', '1000000 1000000 2 1'),
  ('parked', 'parked_due', '10000 10000 50 1'),
  ('payable_line', 'payable_line', '10000000 10000000 10000 5000 1 1'),
  ('payable_line', 'payable_line_by_payout', '10000000 10000000 10000 5000 50 50 1 1'),
  ('payable_line', 'payable_line_by_commission', '1000000 1000000 1000 500 1 1 1'),
  ('payable_line', 'payable_line_by_maturity', '10000000 10000000 10000 5000 2 1 1'),
  ('payout', 'payout', '1000000 1000000 1000 1'),
  ('payout', 'payout_by_partner', '1000000 1000000 1000 500 300 1 1');
ANALYZE sqlite_schema;
)sql";

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SCHEMA_V1_SQLITE_H_
