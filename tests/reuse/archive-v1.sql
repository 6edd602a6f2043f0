-- An archive made by the version that wrote format 1.
PRAGMA application_id = 1397123950;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE entries (
  id TEXT PRIMARY KEY,
  sha256 TEXT UNIQUE,
  kind TEXT,
  format TEXT,
  bytes INTEGER CHECK (typeof(bytes) IN ('integer', 'null')),
  width_px INTEGER CHECK (typeof(width_px) IN ('integer', 'null')),
  height_px INTEGER CHECK (typeof(height_px) IN ('integer', 'null')),
  digest TEXT NOT NULL
);
INSERT INTO "entries" VALUES('17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121','17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121','still','jpeg',1000,640,480,'050d0e893a84089299ef973d328109289a68adaf6add8b0f1a685509af5c0089');
INSERT INTO "entries" VALUES('pdq-cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',NULL,NULL,NULL,NULL,NULL,NULL,'fb0e0e7938f72e22ee962ee6ee0c244a8a9b76a389b2072db7dc676a26525899');
CREATE TABLE hashes (
  entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  preprocessing TEXT NOT NULL,
  moment_s REAL,
  pdq BLOB NOT NULL CHECK (typeof(pdq) = 'blob' AND length(pdq) = 32),
  quality INTEGER CHECK (typeof(quality) IN ('integer', 'null')),
  phash TEXT,
  dhash TEXT,
  PRIMARY KEY (entry_id, position)
);
INSERT INTO "hashes" VALUES('17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121',0,'upright-luma-area512/1',NULL,X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB',90,'0000000000000000','ffffffffffffffff');
INSERT INTO "hashes" VALUES('pdq-cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',0,'imported',NULL,X'CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCD',80,NULL,NULL);
CREATE TABLE sightings (
  entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  path TEXT,
  source TEXT,
  first_seen TEXT,
  precision TEXT,
  zone TEXT,
  earliest TEXT,
  latest TEXT,
  basis TEXT,
  capture_url TEXT,
  event TEXT,
  place TEXT,
  licence TEXT,
  notes TEXT
);
INSERT INTO "sightings" VALUES('17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121','bridge.jpg','https://a.example','2014-08-01','day',NULL,'2014-07-31T10:00:00Z','2014-08-02T12:00:00Z','platform',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "sightings" VALUES('pdq-cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','other.jpg',NULL,NULL,NULL,NULL,NULL,NULL,'imported:partner',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision TEXT NOT NULL
);
INSERT INTO "state" VALUES(1,'001b1d02737b36b58885c624208d2d7325042452f48f923cd244bc73d5ae5922');
CREATE TABLE views (
  entry_id TEXT PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  moments_s TEXT NOT NULL,
  png BLOB NOT NULL
);
INSERT INTO "views" VALUES('17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121',64,48,'[null]',X'89504E470D0A1A0A20616E64207468652072657374');
CREATE INDEX sightings_by_entry ON sightings (entry_id);
COMMIT;
