-- Up Migration
-- What dbsvc.enter has verified is kept for its transaction in a place that the session cannot write to, so that policies only look there.
-- Each verified the token again, for the company and for the user of every table: a third of a point read, and of a join most.

/*
The place is a parameter that nobody may set but superusers and whom they grant it (PostgreSQL 15): dbsvc_keeper, so dbsvc.enter,
and not the session that calls it. Of those parameters backtrace_functions is the one that takes any words, may be read by everybody, and does
nothing but add to the server's log the origin of errors in functions so called. Without the grant, such as where no superuser
installs dbsvc or after a restore into another server, policies verify the token as before.
*/
do $$
begin
  grant set on parameter backtrace_functions to dbsvc_keeper;
exception when insufficient_privilege then
  raise notice 'no superuser: every table verifies the context again';
end
$$;

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_keeper;

/* proof_of is what enter keeps of a verified token: a mark, the company, and the user in hex, which holds no blank. */
create function dbsvc.proof_of(field text[]) returns text
  language sql immutable parallel safe
  return 'dbsvc ' || field[4] || ' ' || encode(convert_to(dbsvc.text_of(field[5]), 'UTF8'), 'hex');
alter function dbsvc.proof_of(text[]) owner to dbsvc_keeper;
revoke all on function dbsvc.proof_of(text[]) from public;

/*
enter sets everything a request runs under, local to its transaction. It has no SET clause of its own: that would undo the
search_path it sets. Its body is parsed when it is created, so no search_path of the caller can change its meaning.
*/
create or replace function dbsvc.enter(token text) returns void
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
    case when context.field[11] = 'r' then set_config('transaction_read_only', 'on', true) end,
    case when has_parameter_privilege('backtrace_functions', 'set')
      then set_config('backtrace_functions', dbsvc.proof_of(context.field), true) end
  from (select dbsvc.admit(token) as field offset 0) as context;
end;

/* verified_company is the company of the token, or of the company's own login; without proof it raises, it never returns null. */
create function dbsvc.verified_company() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user = 'database_service_role' then
    return (dbsvc.verify(current_setting('app.context', true), false))[4];
  end if;
  return coalesce(dbsvc.login_company(), (dbsvc.verify(current_setting('app.context', true), false))[4]);
end
$$;
alter function dbsvc.verified_company() owner to dbsvc_keeper;
revoke all on function dbsvc.verified_company() from public;

/*
verified_user is the user of the token, or '' where that is the whole company's; without proof it raises. The verified fields are put into a variable first:
around a call of verify PostgreSQL does not inline text_of, but runs it as a function of its own.
*/
create function dbsvc.verified_user() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  field text[];
begin
  if session_user <> 'database_service_role' and dbsvc.login_company() is not null then
    return '';
  end if;
  field := dbsvc.verify(current_setting('app.context', true), false);
  -- Most requests are for the whole company.
  if field[5] = '' then
    return '';
  end if;
  return dbsvc.text_of(field[5]);
end
$$;
alter function dbsvc.verified_user() owner to dbsvc_keeper;
revoke all on function dbsvc.verified_user() from public;
grant execute on function dbsvc.verified_company(), dbsvc.verified_user()
  to database_service_role, dbsvc_companies, dbsvc_owner;

/*
current_company returns the proven company of this transaction; without proof it raises, it never returns null. Like current_user_id it is neither
SECURITY DEFINER nor has it a SET clause, so that PostgreSQL puts its body into the statements that call it.
*/
create or replace function dbsvc.current_company() returns text
  language sql stable parallel restricted security invoker
  return case split_part(current_setting('backtrace_functions'), ' ', 1) when 'dbsvc'
    then split_part(current_setting('backtrace_functions'), ' ', 2)
    else dbsvc.verified_company() end;

/* current_user_id returns the proven user, or '' where the context is the whole company's; without proof it raises. */
create or replace function dbsvc.current_user_id() returns text
  language sql stable parallel restricted security invoker
  return case split_part(current_setting('backtrace_functions'), ' ', 1) when 'dbsvc'
    then convert_from(decode(split_part(current_setting('backtrace_functions'), ' ', 3), 'hex'), 'UTF8')
    else dbsvc.verified_user() end;

revoke create on schema dbsvc from dbsvc_keeper;
