-- Up Migration

-- By which somebody who found a key tells which one it is; 24 of its 256 random bits. Null for keys made before.
alter table dbsvc.service_keys add last_four text check (last_four ~ '^[A-Za-z0-9_-]{4}$');
