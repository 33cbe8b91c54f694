-- What a daemon needs that does not own the tables: psql -v role=trailbook_daemon -f postgresql-grants.sql, as the owner, in the books' database, after
-- the schema was made (start once as the owner). The log can then only grow, whatever the daemon's password is used for: no trigger is needed for
-- that, and none can be dropped.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :role;
REVOKE UPDATE, DELETE ON log_record FROM :role;
REVOKE DELETE ON log_tile, log_head FROM :role;
REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM :role;
