/** A schema with everything that describe answers for. `%major` names what newer servers have is made by the caller. */
export const richSchema = `
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE app.size AS ENUM ('S', 'M');
CREATE TYPE address AS (street text, mood mood);
CREATE DOMAIN email AS varchar(100) CHECK (VALUE LIKE '%@%') NOT NULL;
CREATE DOMAIN work_email AS email DEFAULT 'nobody@x' CONSTRAINT work CHECK (VALUE <> 'VALUE');
CREATE TYPE span AS RANGE (SUBTYPE = float8);
CREATE SEQUENCE shared_numbers START 50 INCREMENT 5;
CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';

CREATE TABLE app.parent (
  a integer, b uuid DEFAULT gen_random_uuid(),
  PRIMARY KEY (a, b)
);
CREATE TABLE rich (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5),
  serial_id serial,
  shared integer DEFAULT nextval('shared_numbers'),
  code char(4) COLLATE "C" NOT NULL DEFAULT 'ab''c',
  note text DEFAULT E'back\\\\slash ''quoted''',
  price numeric(10,2) DEFAULT -1.50 CHECK (price > -100 AND price <> 0),
  loose numeric,
  feel mood DEFAULT 'happy',
  feels mood[] DEFAULT '{sad}',
  size app.size,
  home address,
  mail work_email,
  width span,
  flag boolean DEFAULT true NOT NULL,
  made timestamptz DEFAULT now(),
  made_ms timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
  born date DEFAULT CURRENT_DATE,
  fixed date DEFAULT '2020-02-29',
  moment timestamptz DEFAULT '2020-02-29 12:00:00+02',
  blob bytea DEFAULT '\\x00ff',
  bits bit(3) DEFAULT B'101',
  span interval DEFAULT '1 day 2 hours',
  extra jsonb DEFAULT '{"a": 1}',
  tags text[] DEFAULT ARRAY['x', 'y'],
  doubled integer DEFAULT twice(21),
  key uuid DEFAULT gen_random_uuid(),
  total numeric GENERATED ALWAYS AS (price * 2) STORED,
  parent_a integer, parent_b uuid,
  "Odd ""name"" é" text,
  CONSTRAINT rich_pk PRIMARY KEY (id) INCLUDE (code),
  CONSTRAINT code_once UNIQUE (code, shared) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT to_parent FOREIGN KEY (parent_a, parent_b) REFERENCES app.parent (a, b) MATCH FULL
    ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE,
  CONSTRAINT no_overlap EXCLUDE USING gist (width WITH &&)
);
ALTER TABLE rich ADD CONSTRAINT to_self FOREIGN KEY (id) REFERENCES rich (id) NOT VALID;
CREATE INDEX by_code ON rich (code COLLATE "POSIX" bpchar_pattern_ops DESC NULLS LAST, price) INCLUDE (note, flag) WHERE flag AND price > 0;
CREATE UNIQUE INDEX by_lower ON rich (lower(note), (price + 1));
CREATE INDEX by_extra ON rich USING gin (extra jsonb_path_ops);
CREATE INDEX by_made ON rich USING brin (made);
CREATE INDEX by_note ON rich USING hash (note);
COMMENT ON TABLE rich IS 'It''s a table';
COMMENT ON COLUMN rich.code IS 'four characters';
COMMENT ON INDEX by_note IS 'hashed';
INSERT INTO rich (mail) VALUES ('a@b');
SELECT nextval('shared_numbers'), setval(pg_get_serial_sequence('rich', 'serial_id'), 100, false);

CREATE UNLOGGED TABLE quick (n integer);
CREATE TABLE measured (at date NOT NULL, n integer, PRIMARY KEY (at, n)) PARTITION BY RANGE (at);
CREATE TABLE measured_2020 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measured_rest PARTITION OF measured DEFAULT;
CREATE INDEX measured_n ON measured (n);
CREATE TABLE base (n integer CHECK (n > 0));
CREATE TABLE derived (m integer) INHERITS (base);
CREATE TABLE _sluice_chunks (n integer);
CREATE VIEW happy AS SELECT id, feel FROM rich WHERE feel = 'happy';
`;
