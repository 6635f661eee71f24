"""Frozen SQL of revision 0001 that SQLAlchemy does not express: the first row, full text, triggers."""

SQLITE = (
    "INSERT INTO roster_current (id, letter, building) VALUES (1, 'a', false)",
    # The head is locked by every write: it must be there before the first two race.
    "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '" + "0" * 64 + "')",
    """CREATE VIRTUAL TABLE customer_fts USING fts5(
        doc, content='customer_search', content_rowid='customer_id',
        tokenize='ascii', detail=none, columnsize=0, prefix='1 2 3')""",
    # The index is changed before its text: FTS5 needs the old text to take it out.
    """CREATE TRIGGER customer_search_before_update BEFORE UPDATE ON customer_search BEGIN
        INSERT INTO customer_fts(customer_fts, rowid, doc)
        VALUES ('delete', old.customer_id, old.doc); END""",
    """CREATE TRIGGER customer_search_after_update AFTER UPDATE ON customer_search BEGIN
        INSERT INTO customer_fts(rowid, doc) VALUES (new.customer_id, new.doc); END""",
    """CREATE TRIGGER customer_search_before_delete BEFORE DELETE ON customer_search BEGIN
        INSERT INTO customer_fts(customer_fts, rowid, doc)
        VALUES ('delete', old.customer_id, old.doc); END""",
    """CREATE TRIGGER customer_search_after_insert AFTER INSERT ON customer_search BEGIN
        INSERT INTO customer_fts(rowid, doc) VALUES (new.customer_id, new.doc); END""",
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    # REPLACE deletes without firing the delete trigger.
    """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE seq = new.seq) BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_image_no_update BEFORE UPDATE ON audit_image BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_image_no_delete BEFORE DELETE ON audit_image BEGIN
        SELECT RAISE(ABORT, 'the audit is append-only'); END""",
)

POSTGRESQL = (
    "INSERT INTO roster_current (id, letter, building) VALUES (1, 'a', false)",
    # The head is locked by every write: it must be there before the first two race.
    "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '" + "0" * 64 + "')",
    """CREATE INDEX ix_customer_search_tokens ON customer_search
        USING gin (array_to_tsvector(string_to_array(btrim(doc), ' ')))""",
    """CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$""",
    """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
    """CREATE TRIGGER audit_image_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_image
        FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
)
