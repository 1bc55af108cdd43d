-- Up Migration
-- Idempotency keys: what a write returned, recorded in the transaction of that write, so that the same key again finds it or finds nothing.

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_keeper;

create table dbsvc.idempotency_keys (
  company_id text not null,
  service text not null,
  -- '' where the request was for the whole company.
  user_id text not null,
  key text not null check (octet_length(key) between 1 and 255),
  -- SHA-256 of what was asked for, in base64url.
  digest text not null check (octet_length(digest) = 43),
  -- Null only inside the transaction that writes.
  response text,
  expires_at timestamptz not null,
  primary key (company_id, service, user_id, key)
);
create index idempotency_keys_expiry on dbsvc.idempotency_keys (expires_at);
alter table dbsvc.idempotency_keys owner to dbsvc_keeper;
revoke all on dbsvc.idempotency_keys from public;

/*
claim_idempotency_key takes a key for the transaction, or raises: dbsvc_idempotency_recorded when the same request is through,
dbsvc_idempotency_other when the key was used with another one, dbsvc_idempotency_busy when one with the key is under way for longer
than lock_timeout. Company, service and user are those of the signed context; a key is kept for a week at most.
*/
create function dbsvc.claim_idempotency_key(p_key text, p_digest text, p_keep_ms bigint) returns void
  language plpgsql volatile parallel unsafe security definer set search_path = pg_catalog, pg_temp as $$
declare
  field text[] := dbsvc.verify(current_setting('app.context', true), false);
  found_digest text;
begin
  insert into dbsvc.idempotency_keys as known (company_id, service, user_id, key, digest, expires_at)
    values (field[4], dbsvc.text_of(field[6]), dbsvc.text_of(field[5]), p_key, p_digest,
      now() + make_interval(secs => least(p_keep_ms, 604800000) / 1000.0))
    on conflict (company_id, service, user_id, key) do update
      set digest = excluded.digest, response = null, expires_at = excluded.expires_at
      where known.expires_at <= now();
  if found then
    return;
  end if;
  select digest into found_digest from dbsvc.idempotency_keys
    where company_id = field[4] and service = dbsvc.text_of(field[6]) and user_id = dbsvc.text_of(field[5]) and key = p_key;
  if found_digest = p_digest then
    raise exception 'the request with this key is through' using errcode = 'DB601', constraint = 'dbsvc_idempotency_recorded';
  end if;
  raise exception 'the key belongs to another request' using errcode = 'DB602', constraint = 'dbsvc_idempotency_other';
exception when lock_not_available then
  raise exception 'a request with this key is under way' using errcode = 'DB603', constraint = 'dbsvc_idempotency_busy';
end
$$;

/* record_idempotent_response completes a key that this transaction has claimed. */
create function dbsvc.record_idempotent_response(p_key text, p_response text) returns void
  language plpgsql volatile parallel unsafe security definer set search_path = pg_catalog, pg_temp as $$
declare
  field text[] := dbsvc.verify(current_setting('app.context', true), false);
begin
  update dbsvc.idempotency_keys set response = p_response
    where company_id = field[4] and service = dbsvc.text_of(field[6]) and user_id = dbsvc.text_of(field[5]) and key = p_key
      and response is null;
  if not found then
    raise exception 'the key was not claimed' using errcode = 'DB604', constraint = 'dbsvc_idempotency_unclaimed';
  end if;
end
$$;

/* recorded_response returns what the same request was answered before; null where nothing is kept. */
create function dbsvc.recorded_response(p_key text, p_digest text) returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  field text[] := dbsvc.verify(current_setting('app.context', true), false);
begin
  return (select response from dbsvc.idempotency_keys
    where company_id = field[4] and service = dbsvc.text_of(field[6]) and user_id = dbsvc.text_of(field[5]) and key = p_key
      and digest = p_digest and expires_at > now());
end
$$;

alter function dbsvc.claim_idempotency_key(text, text, bigint) owner to dbsvc_keeper;
alter function dbsvc.record_idempotent_response(text, text) owner to dbsvc_keeper;
alter function dbsvc.recorded_response(text, text) owner to dbsvc_keeper;
revoke all on function dbsvc.claim_idempotency_key(text, text, bigint), dbsvc.record_idempotent_response(text, text),
  dbsvc.recorded_response(text, text) from public;
grant execute on function dbsvc.claim_idempotency_key(text, text, bigint), dbsvc.record_idempotent_response(text, text),
  dbsvc.recorded_response(text, text) to database_service_role;

revoke create on schema dbsvc from dbsvc_keeper;
