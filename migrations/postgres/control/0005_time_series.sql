-- Up Migration
-- Time series: hypertables where TimescaleDB is present, native range partitions where it is not. Chunks and partitions carry
-- no policies of their own, so both kinds live in a private schema without grants, behind a security-barrier view.

do $$
begin
  -- Not shared_preload_libraries, which only a superuser may look at, but a setting that the preloaded loader itself brings; most of
  -- the others come with the extension.
  if current_setting('timescaledb.max_background_workers', true) is not null
    and exists (select from pg_catalog.pg_available_extensions where name = 'timescaledb')
    and not exists (select from pg_catalog.pg_extension where extname = 'timescaledb')
  then
    create schema timescaledb;
    -- Its functions stay everybody's, as its authors meant them: chunks call them in the name of whoever writes.
    create extension timescaledb schema timescaledb;
    grant usage on schema timescaledb to dbsvc_owner;
  end if;
end
$$;

create function dbsvc.private_schema_of(p_schema text) returns text
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp
  return 'private_' || case when p_schema like 'tenant\_%' then substr(p_schema, length('tenant_') + 1) else 'shared' end;

/* refresh_time_series makes the view again, after its private table was given a column. */
create function dbsvc.refresh_time_series(p_view text) returns void
  language plpgsql as $$
declare
  series record;
  predicate text;
begin
  select * into strict series from dbsvc.time_series
    where schema_name = current_schema() and view_name = p_view;
  -- As in dbsvc.protect: no proof is an equality. The one on the setting proves nothing; it lets indexes keep their order. Not on
  -- hypertables: TimescaleDB cannot plan an UPDATE or DELETE whose own WHERE names a company beside it (XX000).
  predicate := case when series.private_schema = 'private_shared'
    then case when series.kind = 'partitions' then 'company_id = current_setting(''app.current_company_id'') and ' else '' end
      || 'company_id = any (array[(select dbsvc.current_company())])'
    else format('(select dbsvc.current_company() = %L)', pg_catalog.substr(series.schema_name, 8)) end;
  if exists (
    select from pg_catalog.pg_attribute
    where attrelid = format('%I.%I', series.private_schema, p_view)::regclass and attname = 'user_id' and not attisdropped
  ) then
    predicate := predicate || ' and (select dbsvc.current_user_id()) = any (array['''', user_id::text])';
  end if;
  execute format('create or replace view %I.%I with (security_barrier) as select * from %I.%I where %s with check option',
    series.schema_name, p_view, series.private_schema, p_view, predicate);
  execute format('grant select, insert, update, delete on %I.%I to database_service_role', series.schema_name, p_view);
  if series.private_schema = 'private_shared' then
    execute format('grant select, insert, update, delete on %I.%I to dbsvc_companies', series.schema_name, p_view);
  end if;
end
$$;

/*
extend_time_series makes the partitions of one private table from now until `ahead`, and moves rows that the default
partition caught in the meantime to where they belong. Hypertables need none of it. Returns the partitions made.
*/
create function dbsvc.extend_time_series(p_schema text, p_view text, p_now timestamptz default now()) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  series record;
  start_at timestamptz;
  name text;
  caught boolean;
  made integer := 0;
begin
  select * into strict series from dbsvc.time_series where schema_name = p_schema and view_name = p_view;
  if series.kind <> 'partitions' then
    return 0;
  end if;
  start_at := date_bin(series.chunk, p_now, timestamptz '2000-01-01 00:00:00+00');
  while start_at < p_now + series.ahead loop
    name := p_view || '_p' || to_char(start_at at time zone 'UTC', 'YYYYMMDD"t"HH24MISS');
    if to_regclass(format('%I.%I', series.private_schema, name)) is null then
      execute format('select exists (select from %I.%I where %I >= %L and %I < %L)', series.private_schema, p_view || '_default',
        series.time_column, start_at, series.time_column, start_at + series.chunk) into caught;
      if caught then
        execute format('create table %1$I.%2$I (like %1$I.%3$I including defaults including constraints)',
          series.private_schema, name, p_view);
        execute format(
          'with moved as (delete from %1$I.%2$I where %4$I >= %5$L and %4$I < %6$L returning *) insert into %1$I.%3$I select * from moved',
          series.private_schema, p_view || '_default', name, series.time_column, start_at, start_at + series.chunk);
        execute format('alter table %1$I.%2$I attach partition %1$I.%3$I for values from (%4$L) to (%5$L)',
          series.private_schema, p_view, name, start_at, start_at + series.chunk);
      else
        execute format('create table %1$I.%2$I partition of %1$I.%3$I for values from (%4$L) to (%5$L)',
          series.private_schema, name, p_view, start_at, start_at + series.chunk);
      end if;
      made := made + 1;
    end if;
    start_at := start_at + series.chunk;
  end loop;
  update dbsvc.time_series set extended_until = start_at where schema_name = p_schema and view_name = p_view;
  return made;
end
$$;

/*
create_time_series turns a table that the migration has just created into a time series of the same name. Call it in the
scope's own migration, with the table's unqualified name:
  select dbsvc.create_time_series('trading_ticks', 'time', chunk => interval '1 hour', company_partitions => 4);
`ahead` is how far ahead native partitions are made. user_id, where there is one, must be not null.
*/
create function dbsvc.create_time_series(
  p_table text, p_time text, chunk interval, company_partitions integer default null, ahead interval default null
) returns void language plpgsql as $$
declare
  home text := current_schema();
  private text := dbsvc.private_schema_of(home);
  timescale text;
  constraint_text record;
begin
  if exists (
    select from pg_catalog.pg_attribute
    where attrelid = format('%I.%I', home, p_table)::regclass and attname = 'user_id' and not attnotnull and not attisdropped
  ) then
    raise exception 'user_id of the time series % must be not null', p_table;
  end if;
  execute format('create schema if not exists %I', private);
  select n.nspname into timescale
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'timescaledb';
  insert into dbsvc.time_series (schema_name, view_name, private_schema, time_column, chunk, ahead, kind, company_partitions)
    values (home, p_table, private, p_time, chunk, coalesce(ahead, greatest(chunk * 24, interval '2 days')),
      case when timescale is null then 'partitions' else 'hypertable' end, create_time_series.company_partitions);

  if timescale is not null then
    execute format('alter table %I.%I set schema %I', home, p_table, private);
    execute format('revoke all on %I.%I from database_service_role, dbsvc_companies', private, p_table);
    execute format('select %I.create_hypertable(%L, %L, chunk_time_interval => %L::interval, create_default_indexes => false, migrate_data => true)',
      timescale, format('%I.%I', private, p_table), p_time, chunk);
    if company_partitions is not null then
      execute format('select %I.add_dimension(%L, %L, number_partitions => %s)',
        timescale, format('%I.%I', private, p_table), 'company_id', company_partitions);
    end if;
  else
    execute format('create table %I.%I (like %I.%I including all) partition by range (%I)', private, p_table, home, p_table, p_time);
    -- LIKE leaves foreign keys out.
    for constraint_text in
      select conname, pg_catalog.pg_get_constraintdef(oid) as definition from pg_catalog.pg_constraint
      where conrelid = format('%I.%I', home, p_table)::regclass and contype = 'f'
    loop
      execute format('alter table %I.%I add constraint %I %s', private, p_table, constraint_text.conname, constraint_text.definition);
    end loop;
    execute format('create table %1$I.%2$I partition of %1$I.%3$I default', private, p_table || '_default', p_table);
    execute format('insert into %I.%I select * from %I.%I', private, p_table, home, p_table);
    execute format('drop table %I.%I', home, p_table);
    perform dbsvc.extend_time_series(home, p_table);
  end if;
  perform dbsvc.refresh_time_series(p_table);
end
$$;

/* drop_time_series is the way down of create_time_series: the view, the private table and its partitions go. */
create function dbsvc.drop_time_series(p_table text) returns void
  language plpgsql as $$
declare
  home text := current_schema();
begin
  execute format('drop view %I.%I', home, p_table);
  execute format('drop table %I.%I', dbsvc.private_schema_of(home), p_table);
  delete from dbsvc.time_series where schema_name = home and view_name = p_table;
end
$$;

revoke all on function dbsvc.private_schema_of, dbsvc.refresh_time_series, dbsvc.extend_time_series, dbsvc.create_time_series,
  dbsvc.drop_time_series from public;
grant execute on function dbsvc.private_schema_of, dbsvc.refresh_time_series, dbsvc.extend_time_series, dbsvc.create_time_series,
  dbsvc.drop_time_series to dbsvc_owner;
