-- Up Migration
-- Time series made anew: kept for as long as their migration says, closed to LOGIN roles too, extended without losing a write.

/*
extend_time_series makes the partitions of one private table from p_now until `ahead`, and moves rows that the default partition has
caught for them to where they belong. Hypertables need none of it. Returns the partitions made. In UTC, because elsewhere a day of
a chunk may have 23 hours.
*/
create or replace function dbsvc.extend_time_series(p_schema text, p_view text, p_now timestamptz default now()) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  series record;
  start_at timestamptz;
  name text;
  columns text;
  caught boolean;
  made integer := 0;
begin
  select * into strict series from dbsvc.time_series where schema_name = p_schema and view_name = p_view;
  if series.kind <> 'partitions' then
    return 0;
  end if;
  select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute
    where attrelid = format('%I.%I', series.private_schema, p_view)::regclass and attnum > 0 and not attisdropped and attgenerated = '';
  start_at := date_bin(series.chunk, p_now, timestamptz '2000-01-01 00:00:00+00');
  while start_at < p_now + series.ahead loop
    name := p_view || '_p' || to_char(start_at, 'YYYYMMDD"t"HH24MISS');
    if to_regclass(format('%I.%I', series.private_schema, name)) is null then
      if made = 0 then
        -- Whoever has begun to write a row for the new range would have it refused at the end (23514), being on the way to the default
        -- partition; whoever has written one, and not committed, would be in the way.
        execute format('lock table only %I.%I in access exclusive mode', series.private_schema, p_view);
      end if;
      execute format('create table %1$I.%2$I (like %1$I.%3$I including defaults including constraints including generated including storage)',
        series.private_schema, name, p_view);
      execute format('select exists (select from only %I.%I where %I >= %L and %I < %L)', series.private_schema, p_view || '_default',
        series.time_column, start_at, series.time_column, start_at + series.chunk) into caught;
      if caught then
        execute format('with moved as (delete from only %1$I.%2$I where %4$I >= %5$L and %4$I < %6$L returning %7$s)
          insert into %1$I.%3$I (%7$s) select * from moved',
          series.private_schema, p_view || '_default', name, series.time_column, start_at, start_at + series.chunk, columns);
      end if;
      execute format('alter table %1$I.%2$I attach partition %1$I.%3$I for values from (%4$L) to (%5$L)',
        series.private_schema, p_view, name, start_at, start_at + series.chunk);
      made := made + 1;
    end if;
    start_at := start_at + series.chunk;
  end loop;
  -- Partitions made for the past leave those ahead as they are.
  update dbsvc.time_series set extended_until = start_at
    where schema_name = p_schema and view_name = p_view and start_at > now();
  return made;
end
$$;

/*
close_table takes back whatever anybody but its owner may do with a table. On a hypertable TimescaleDB does the same on its chunks, whose
schema is open to everybody.
*/
create function dbsvc.close_table(p_schema text, p_table text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  table_id regclass := format('%I.%I', p_schema, p_table)::regclass;
  grantee text;
begin
  for grantee in
    select distinct case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end
    from (
      select c.relowner, c.relacl as acl from pg_class c where c.oid = table_id
      union all
      select c.relowner, a.attacl from pg_class c join pg_attribute a on a.attrelid = c.oid where c.oid = table_id
    ) held, aclexplode(held.acl) acl
    where acl.grantee <> held.relowner
  loop
    execute format('revoke all on %s from %s', table_id, grantee);
  end loop;
end
$$;

-- A company's LOGIN role is granted new tables of its company by default, and has had the chunks of its hypertables so far.
select dbsvc.close_table(private_schema, view_name) from dbsvc.time_series
  where to_regclass(format('%I.%I', private_schema, view_name)) is not null;

drop function dbsvc.create_time_series(text, text, interval, integer, interval);

/*
create_time_series turns a table that the migration has just created into a time series of the same name. Call it in the
scope's own migration, with the table's unqualified name:
  select dbsvc.create_time_series('trading_ticks', 'time', chunk => interval '1 hour', company_partitions => 4, keep => interval '90 days');
`ahead` is how far ahead native partitions are made, `keep` how long rows are kept. user_id, where there is one, must be not null.
*/
create function dbsvc.create_time_series(
  p_table text, p_time text, chunk interval, company_partitions integer default null, ahead interval default null,
  keep interval default null
) returns void language plpgsql as $$
declare
  home text := current_schema();
  private text := dbsvc.private_schema_of(home);
  timescale text;
  columns text;
  constraint_text record;
begin
  if exists (
    select from pg_catalog.pg_attribute
    where attrelid = format('%I.%I', home, p_table)::regclass and attname = 'user_id' and not attnotnull and not attisdropped
  ) then
    raise exception 'user_id of the time series % must be not null', p_table;
  end if;
  -- Behind it come 17 characters that tell its partitions apart, and PostgreSQL cuts a name at 63.
  if octet_length(p_table) > 46 then
    raise exception 'the name of the time series % is longer than 46 bytes', p_table;
  end if;
  execute format('create schema if not exists %I', private);
  select n.nspname into timescale
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'timescaledb';
  insert into dbsvc.time_series (schema_name, view_name, private_schema, time_column, chunk, ahead, kind, company_partitions)
    values (home, p_table, private, p_time, chunk, coalesce(ahead, greatest(chunk * 24, interval '2 days')),
      case when timescale is null then 'partitions' else 'hypertable' end, create_time_series.company_partitions);

  if timescale is not null then
    execute format('alter table %I.%I set schema %I', home, p_table, private);
    perform dbsvc.close_table(private, p_table);
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
    select pg_catalog.string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_catalog.pg_attribute
      where attrelid = format('%I.%I', home, p_table)::regclass and attnum > 0 and not attisdropped and attgenerated = '';
    execute format('insert into %I.%I (%3$s) overriding system value select %3$s from %4$I.%5$I', private, p_table, columns, home, p_table);
    execute format('drop table %I.%I', home, p_table);
    perform dbsvc.extend_time_series(home, p_table);
  end if;
  if keep is not null then
    perform dbsvc.keep_time_series(p_table, keep);
  end if;
  perform dbsvc.refresh_time_series(p_table);
end
$$;

revoke all on function dbsvc.close_table, dbsvc.create_time_series from public;
grant execute on function dbsvc.close_table, dbsvc.create_time_series to dbsvc_owner;
