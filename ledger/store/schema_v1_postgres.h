// Version 1 of the schema, what PostgreSQL has beside the tables of schema_v1.h: guards of the log, and leases.
#ifndef TRAILBOOK_LEDGER_STORE_SCHEMA_V1_POSTGRES_H_
#define TRAILBOOK_LEDGER_STORE_SCHEMA_V1_POSTGRES_H_

namespace trailbook::store {

// What PostgreSQL refuses whoever asks.
inline constexpr char kPostgresGuardsV1[] = R"sql(
CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'the log is append-only: %', TG_ARGV[0]; END $body$;
CREATE TRIGGER log_record_no_update BEFORE UPDATE ON log_record
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log('records are never updated');
CREATE TRIGGER log_record_no_delete BEFORE DELETE ON log_record
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log('records are never deleted');
CREATE TRIGGER log_record_no_truncate BEFORE TRUNCATE ON log_record
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log('records are never deleted');
CREATE TRIGGER log_tile_only_grows BEFORE UPDATE ON log_tile
FOR EACH ROW WHEN (substr(NEW.hashes, 1, length(OLD.hashes)) IS DISTINCT FROM OLD.hashes
  OR NEW.program_id <> OLD.program_id OR NEW.level <> OLD.level OR NEW.tile <> OLD.tile)
EXECUTE FUNCTION refuse_change_of_log('tiles only grow');
CREATE TRIGGER log_tile_no_delete BEFORE DELETE ON log_tile
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log('tiles are never deleted');
CREATE TRIGGER log_tile_no_truncate BEFORE TRUNCATE ON log_tile
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log('tiles are never deleted');
CREATE TRIGGER log_head_only_grows BEFORE UPDATE ON log_head
FOR EACH ROW WHEN (NEW.size <= OLD.size OR NEW.program_id <> OLD.program_id)
EXECUTE FUNCTION refuse_change_of_log('its head only grows');
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log('its head is never deleted');
CREATE TRIGGER log_head_no_truncate BEFORE TRUNCATE ON log_head
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log('its head is never deleted');

-- Who writes a program's log: its holder until the lease ends by this database's clock, unless it is renewed. Program 0 is the making of programs.
CREATE TABLE lease (
  program_id BIGINT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, holder TEXT COLLATE "C" NOT NULL, address TEXT COLLATE "C" NOT NULL,
  expire_time TIMESTAMPTZ NOT NULL
);
)sql";

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SCHEMA_V1_POSTGRES_H_
