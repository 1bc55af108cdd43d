-- Up Migration
-- The signed context: who a request is for, proven by a key that only dbsvc_keeper can read.

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_keeper;

-- A key is kept as the two padded blocks of HMAC (RFC 2104), so that verifying needs no more than sha256.
create table dbsvc.context_keys (
  key_id text primary key check (key_id ~ '^[a-z0-9]{1,16}$'),
  inner_pad bytea not null check (octet_length(inner_pad) = 64),
  outer_pad bytea not null check (octet_length(outer_pad) = 64),
  created_at timestamptz not null default now(),
  retires_at timestamptz
);
alter table dbsvc.context_keys owner to dbsvc_keeper;
revoke all on dbsvc.context_keys from public;
grant select (company_id, state, login_role) on dbsvc.companies to dbsvc_keeper;

/*
verify returns the fields of a token, or raises. The token is 14 fields joined by dots:
1 format, 2 key id, 3 database, 4 company, 5 user, 6 service, 7 statement timeout (ms), 8 lock timeout (ms), 9 work_mem (kB),
10 parallel workers, 11 mode (r or w), 12 backend pid, 13 expiry (ms since 1970), 14 HMAC-SHA-256 in hex of all before it.
Fields 3, 5 and 6 are base64url, the others cannot hold a dot; no user is an empty field 5.
But for `entering`, a token for reading proves nothing in a transaction that may write: app.context is the session's to change,
so the token could be put there without dbsvc.enter, which makes the transaction read-only.
Like login_company it has no search_path of its own, which would cost as much as the rest: only functions that fix it may call it.
*/
create function dbsvc.verify(token text, entering boolean) returns text[]
  language plpgsql stable parallel restricted as $$
declare
  field text[];
  key record;
begin
  if token is null or token = '' then
    raise exception 'no signed context' using errcode = '42501', constraint = 'dbsvc_context_missing';
  end if;
  field := string_to_array(token, '.');
  if cardinality(field) <> 14 or field[1] <> '1' or field[2] is null or field[14] is null then
    raise exception 'malformed context' using errcode = '42501', constraint = 'dbsvc_context_malformed';
  end if;
  select inner_pad, outer_pad into key from dbsvc.context_keys
    where key_id = field[2] and (retires_at is null or retires_at > transaction_timestamp());
  if not found then
    raise exception 'unknown context key' using errcode = '42501', constraint = 'dbsvc_context_key_unknown';
  end if;
  -- Digests of the digests are compared, so that the time of the comparison tells nothing.
  if sha256(convert_to(field[14], 'UTF8')) <> sha256(convert_to(encode(
    sha256(key.outer_pad || sha256(key.inner_pad || convert_to(left(token, -1 - length(field[14])), 'UTF8'))), 'hex'), 'UTF8'))
  then
    raise exception 'forged context' using errcode = '42501', constraint = 'dbsvc_context_forged';
  end if;
  if field[12]::integer <> pg_backend_pid() then
    raise exception 'context of another session' using errcode = '42501', constraint = 'dbsvc_context_session';
  end if;
  if field[13]::numeric < extract(epoch from transaction_timestamp()) * 1000 then
    raise exception 'expired context' using errcode = '42501', constraint = 'dbsvc_context_expired';
  end if;
  if field[3] <> translate(encode(convert_to(current_database(), 'UTF8'), 'base64'), E'+/=\n', '-_') then
    raise exception 'context of another database' using errcode = '42501', constraint = 'dbsvc_context_database';
  end if;
  if field[11] <> 'w' and not entering and current_setting('transaction_read_only') <> 'on' then
    raise exception 'context for reading in a transaction that may write'
      using errcode = '42501', constraint = 'dbsvc_context_mode';
  end if;
  return field;
end
$$;
alter function dbsvc.verify(text, boolean) owner to dbsvc_keeper;
revoke all on function dbsvc.verify(text, boolean) from public;

/* admit verifies a token at the door: its company must exist and be active now. */
create function dbsvc.admit(token text) returns text[]
  language plpgsql stable parallel restricted set search_path = pg_catalog, pg_temp as $$
declare
  field text[] := dbsvc.verify(token, true);
  found_state text;
begin
  select state into found_state from dbsvc.companies where company_id = field[4];
  if found_state is distinct from 'active' then
    raise exception 'company % is %', field[4], coalesce(found_state, 'unknown')
      using errcode = '42501', constraint = 'dbsvc_company_' || coalesce(found_state, 'unknown');
  end if;
  return field;
end
$$;
alter function dbsvc.admit(text) owner to dbsvc_keeper;
revoke all on function dbsvc.admit(text) from public;

/* text_of decodes a base64url field. */
create function dbsvc.text_of(field text) returns text
  language sql immutable strict parallel safe
  return convert_from(decode(rpad(translate(field, '-_', '+/'), (length(field) + 3) / 4 * 4, '='), 'base64'), 'UTF8');
alter function dbsvc.text_of(text) owner to dbsvc_keeper;
revoke all on function dbsvc.text_of(text) from public;

/*
enter sets everything a request runs under, local to its transaction. It has no SET clause of its own: that would undo the
search_path it sets. Its body is parsed when it is created, so no search_path of the caller can change its meaning.
*/
create function dbsvc.enter(token text) returns void
  language sql volatile parallel unsafe security definer
begin atomic
  select
    set_config('app.context', token, true),
    set_config('app.current_company_id', context.field[4], true),
    set_config('app.current_user_id', dbsvc.text_of(context.field[5]), true),
    set_config('app.current_service', dbsvc.text_of(context.field[6]), true),
    set_config('search_path', 'tenant_' || context.field[4] || ', public, pg_temp', true),
    set_config('statement_timeout', context.field[7], true),
    set_config('lock_timeout', context.field[8], true),
    set_config('idle_in_transaction_session_timeout', context.field[7], true),
    set_config('work_mem', context.field[9], true),
    set_config('max_parallel_workers_per_gather', context.field[10], true),
    set_config('row_security', 'on', true),
    case when context.field[11] = 'r' then set_config('transaction_read_only', 'on', true) end
  from (select dbsvc.admit(token) as field offset 0) as context;
end;
alter function dbsvc.enter(text) owner to dbsvc_keeper;
revoke all on function dbsvc.enter(text) from public;
grant execute on function dbsvc.enter(text) to database_service_role;

/* login_company returns the active company whose own LOGIN role the session has, or null. */
create function dbsvc.login_company() returns text
  language plpgsql stable parallel restricted as $$
declare
  company record;
begin
  select company_id, state into company from dbsvc.companies where login_role = session_user;
  if found and company.state <> 'active' then
    raise exception 'company % is %', company.company_id, company.state
      using errcode = '42501', constraint = 'dbsvc_company_' || company.state;
  end if;
  return company.company_id;
end
$$;
alter function dbsvc.login_company() owner to dbsvc_keeper;
revoke all on function dbsvc.login_company() from public;

/* current_company returns the proven company of this transaction; without proof it raises, it never returns null. */
create function dbsvc.current_company() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user = 'database_service_role' then
    return (dbsvc.verify(current_setting('app.context', true), false))[4];
  end if;
  return coalesce(dbsvc.login_company(), (dbsvc.verify(current_setting('app.context', true), false))[4]);
end
$$;
alter function dbsvc.current_company() owner to dbsvc_keeper;
revoke all on function dbsvc.current_company() from public;

/* current_user_id returns the proven user, or '' where the context is the whole company's; without proof it raises. */
create function dbsvc.current_user_id() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user <> 'database_service_role' and dbsvc.login_company() is not null then
    return '';
  end if;
  return dbsvc.text_of((dbsvc.verify(current_setting('app.context', true), false))[5]);
end
$$;
alter function dbsvc.current_user_id() owner to dbsvc_keeper;
revoke all on function dbsvc.current_user_id() from public;
grant execute on function dbsvc.current_company(), dbsvc.current_user_id()
  to database_service_role, dbsvc_companies, dbsvc_owner;

revoke create on schema dbsvc from dbsvc_keeper;
