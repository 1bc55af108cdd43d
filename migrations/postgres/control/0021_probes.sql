-- Up Migration
-- Hidden companies that dbsvc doctor and dbsvc serve probe isolation with: functions make and drop them, so that whoever does needs no
-- right to make anything else.

-- Whoever is no superuser can give an object only to a role that may create there; taken back at the end.
grant create on schema dbsvc to dbsvc_keeper, dbsvc_owner;
grant select (labels), insert (company_id, name, tier, state, labels), delete on dbsvc.companies to dbsvc_keeper;

/* build_probe makes what a company has, with one table that is protected as those of migrations are. */
create function dbsvc.build_probe(p_company text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  place text := 'tenant_' || p_company;
begin
  execute format('create schema %I', place);
  execute format('grant usage on schema %I to database_service_role', place);
  execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to database_service_role', place);
  execute format('create table %I.doctor_notes (id integer primary key, note text not null)', place);
  perform dbsvc.protect('tenant', array[place]);
end
$$;
alter function dbsvc.build_probe(text) owner to dbsvc_owner;

create function dbsvc.raze_probe(p_company text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop schema if exists %I cascade', 'tenant_' || p_company);
end
$$;
alter function dbsvc.raze_probe(text) owner to dbsvc_owner;

/*
make_probe makes an active company and returns its id. It has no target, so that no migration run takes it for one of its own. The label
tells it from a company that merely has such a name; an advisory lock of the session, half of whose key is 'dbsp', one in use from one left over.
*/
create function dbsvc.make_probe() returns text
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  company text := 'doctor_probe_' || left(replace(gen_random_uuid()::text, '-', ''), 12);
begin
  if (select count(*) from dbsvc.companies where starts_with(company_id, 'doctor_probe_')) >= 100 then
    raise exception 'there are 100 companies for probes already' using errcode = '53400';
  end if;
  perform pg_advisory_lock(1684173680, hashtext(company));
  insert into dbsvc.companies (company_id, name, tier, state, labels)
    values (company, 'a probe of dbsvc doctor', 'free', 'active', '{"dbsvc.probe": "true"}');
  perform dbsvc.build_probe(company);
  return company;
end
$$;
alter function dbsvc.make_probe() owner to dbsvc_keeper;

/* take_left_over_probes locks the probes that nobody uses any more, because whoever did was killed, and returns them. */
create function dbsvc.take_left_over_probes() returns setof text
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select company_id from dbsvc.companies
    where starts_with(company_id, 'doctor_probe_') and labels @> '{"dbsvc.probe": "true"}'
      and pg_try_advisory_lock(1684173680, hashtext(company_id))
    order by company_id;
end
$$;
alter function dbsvc.take_left_over_probes() owner to dbsvc_keeper;

/* drop_probe drops a probe that no other session uses; one that is gone already is fine. Shared tables have no rows of it. */
create function dbsvc.drop_probe(p_company text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if p_company !~ '^doctor_probe_[0-9a-f]{12}$' or exists (
    select from dbsvc.companies where company_id = p_company and not labels @> '{"dbsvc.probe": "true"}'
  ) then
    raise exception '% is no probe', p_company using errcode = '42501';
  end if;
  if not pg_try_advisory_lock(1684173680, hashtext(p_company)) then
    raise exception '% is in use', p_company using errcode = '55006';
  end if;
  -- The caller's own lock stays until it has committed.
  perform pg_advisory_unlock(1684173680, hashtext(p_company));
  perform dbsvc.raze_probe(p_company);
  delete from dbsvc.companies where company_id = p_company;
end
$$;
alter function dbsvc.drop_probe(text) owner to dbsvc_keeper;

/* leave_probe gives up the lock that make_probe or take_left_over_probes took. */
create function dbsvc.leave_probe(p_company text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_unlock(1684173680, hashtext(p_company));
end
$$;
alter function dbsvc.leave_probe(text) owner to dbsvc_keeper;

revoke all on function dbsvc.build_probe, dbsvc.raze_probe, dbsvc.make_probe, dbsvc.take_left_over_probes, dbsvc.drop_probe, dbsvc.leave_probe
  from public;
grant execute on function dbsvc.build_probe, dbsvc.raze_probe to dbsvc_keeper;
grant execute on function dbsvc.make_probe, dbsvc.take_left_over_probes, dbsvc.drop_probe, dbsvc.leave_probe to dbsvc_router, dbsvc_observer;

revoke create on schema dbsvc from dbsvc_keeper, dbsvc_owner;
