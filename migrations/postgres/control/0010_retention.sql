-- Up Migration
-- Retention: how long a time series keeps its rows, and what drops those that are older. Chunks and partitions go as a whole; only
-- what a default partition has caught is deleted row by row.

/* is_span tells whether an interval leads forward from wherever it is counted, by a thousand years at most. */
create function dbsvc.is_span(p_span interval) returns boolean
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp
  return p_span > interval '0' and p_span <= interval '1000 years' and least(
    -- Each part: '1 month -30 days' is nothing as PostgreSQL compares, and leads back in February.
    extract(year from p_span), extract(month from p_span), extract(day from p_span),
    extract(hour from p_span), extract(minute from p_span), extract(second from p_span)
  ) >= 0;

alter table dbsvc.time_series
  -- Null is for ever.
  add column keep interval constraint time_series_keep check (dbsvc.is_span(keep));

/*
hold locks a target for its transaction: no migration and no drop of its company works on it meanwhile. Where one does already,
nothing is waited for: it raises as dbsvc.claim does.
*/
create function dbsvc.hold(p_engine text, p_cluster text, p_scope text, p_company text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  present boolean;
begin
  perform from dbsvc.targets
    where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = p_company
    for update skip locked;
  -- The advisory lock is that of a migration outside of a transaction, under 'dbst'.
  if found and pg_try_advisory_xact_lock(1684173684, hashtext(coalesce(nullif(p_company, ''), p_scope))) then
    return;
  end if;
  select exists (
    select from dbsvc.targets where engine = p_engine and cluster = p_cluster and scope = p_scope and company_id = p_company
  ) into present;
  raise exception 'taken by another run' using errcode = 'DB408', constraint = 'dbsvc_target_moved',
    detail = jsonb_build_object(case when present then 'busy' else 'moved' end, jsonb_build_array(p_company));
end
$$;

/* missing_partitions lists where the partitions begin that one private table, of its native partitions, should have from now until then. */
create function dbsvc.missing_partitions(p_schema text, p_view text, p_until timestamptz) returns setof timestamptz
  language sql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC'
begin atomic
  select start_at
  from dbsvc.time_series s
  cross join lateral generate_series(date_bin(s.chunk, now(), timestamptz '2000-01-01 00:00:00+00'), p_until, s.chunk) as start_at
  where s.schema_name = p_schema and s.view_name = p_view and s.kind = 'partitions' and start_at < p_until
    and to_regclass(format('%I.%I', s.private_schema, p_view || '_p' || to_char(start_at, 'YYYYMMDD"t"HH24MISS'))) is null;
end;

/*
expired_pieces lists the chunks and partitions, of one time series or of all, none of whose rows is to be kept. It counts from the earlier of
p_now and the server's clock, so that one clock gone ahead drops nothing. One query, however many companies there are.
*/
create function dbsvc.expired_pieces(p_now timestamptz, p_schema text default null, p_view text default null)
  returns table (schema_name text, view_name text, place text, until timestamptz)
  language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO' as $$
begin
  return query
    select s.schema_name, s.view_name, format('%I.%I', s.private_schema, c.relname), bound.until
    from dbsvc.time_series s
    cross join lateral (select least(p_now, now()) - s.keep as at) cutoff
    join pg_inherits i on i.inhparent = to_regclass(format('%I.%I', s.private_schema, s.view_name))
    join pg_class c on c.oid = i.inhrelid
    cross join lateral (
      -- A name of dbsvc's own says where its range begins. Those that begin too late need no reading of their bound.
      select case when c.relname ~ '_p\d{8}t\d{6}$' and right(c.relname, 15) >= to_char(cutoff.at, 'YYYYMMDD"t"HH24MISS') then null
        -- With the table's number pg_get_expr would open, and lock, every partition of every company.
        else (regexp_match(pg_get_expr(c.relpartbound, 0), ' TO \(''([^'']+)''\)$'))[1]::timestamptz end as until
    ) bound
    where s.kind = 'partitions' and s.keep is not null
      and (p_schema is null or s.schema_name = p_schema) and (p_view is null or s.view_name = p_view)
      and c.relispartition and c.relnamespace = to_regnamespace(quote_ident(s.private_schema))
      and bound.until <= cutoff.at;
  if to_regclass('timescaledb_information.chunks') is not null then
    return query execute
      'select s.schema_name, s.view_name, format(''%I.%I'', c.chunk_schema, c.chunk_name), c.range_end
       from dbsvc.time_series s
       join timescaledb_information.chunks c on c.hypertable_schema = s.private_schema and c.hypertable_name = s.view_name
       where s.kind = ''hypertable'' and s.keep is not null
         and ($2 is null or s.schema_name = $2) and ($3 is null or s.view_name = $3)
         and c.range_end <= least($1, now()) - s.keep'
      using p_now, p_schema, p_view;
  end if;
end
$$;

/*
expire_time_series drops the oldest of these of one private table, about p_most at once, and returns their names: none when none is left.
Only dbsvc.hold before it keeps other runs away.
*/
create function dbsvc.expire_time_series(p_schema text, p_view text, p_now timestamptz, p_most integer) returns text[]
  language plpgsql set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  series record;
  private text;
  timescale text;
  newest timestamptz;
  dropped text[];
  piece text;
begin
  select * into series from dbsvc.time_series where schema_name = p_schema and view_name = p_view;
  if not found or not exists (select from dbsvc.expired_pieces(p_now, p_schema, p_view)) then
    return '{}';
  end if;
  private := format('%I.%I', series.private_schema, p_view);
  if series.kind = 'hypertable' then
    select n.nspname into timescale
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'timescaledb';
    select max(oldest.until) into newest
      from (select e.until from dbsvc.expired_pieces(p_now, p_schema, p_view) e order by e.until limit p_most) oldest;
    execute format('select array_agg(chunk) from %I.drop_chunks(%L, older_than => %L::timestamptz) chunk', timescale, private, newest)
      into dropped;
  else
    -- Somebody may be detaching one, to keep it: what is dropped is a partition still when it is looked for.
    execute format('lock table only %s in access exclusive mode', private);
    select array_agg(oldest.place) into dropped
      from (select e.place from dbsvc.expired_pieces(p_now, p_schema, p_view) e order by e.until limit p_most) oldest;
    foreach piece in array coalesce(dropped, '{}') loop
      execute 'drop table ' || piece;
    end loop;
  end if;
  return coalesce(dropped, '{}');
end
$$;

/* expire_default_rows deletes rows that are not to be kept from a default partition, p_most at once, and returns how many. */
create function dbsvc.expire_default_rows(p_schema text, p_view text, p_now timestamptz, p_most integer) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  series record;
  deleted integer;
begin
  select * into series from dbsvc.time_series where schema_name = p_schema and view_name = p_view;
  if not found or series.kind <> 'partitions' or series.keep is null then
    return 0;
  end if;
  execute format('delete from only %1$I.%2$I where ctid = any (array(
      select ctid from only %1$I.%2$I where %3$I < least($1, now()) - $2 limit $3 for update skip locked))',
    series.private_schema, p_view || '_default', series.time_column)
    using p_now, series.keep, p_most;
  get diagnostics deleted = row_count;
  return deleted;
end
$$;

/*
keep_time_series says how long a time series keeps its rows; null is for ever. Call it in the scope's own migration:
  select dbsvc.keep_time_series('trading_ticks', interval '90 days');
*/
create function dbsvc.keep_time_series(p_view text, p_keep interval) returns void
  language plpgsql as $$
declare
  series record;
begin
  select * into series from dbsvc.time_series where schema_name = current_schema() and view_name = p_view;
  if not found then
    raise exception '%.% is no time series', current_schema(), p_view;
  end if;
  if not dbsvc.is_span(p_keep) then
    raise exception 'rows of the time series % cannot be kept for %', p_view, p_keep
      using hint = 'more than nothing, no part of it negative, and 1000 years at most; null is for ever';
  end if;
  if p_keep is not null and not exists (
    select from pg_catalog.pg_attribute
    where attrelid = format('%I.%I', series.private_schema, p_view)::regclass and attname = series.time_column
      and atttypid = 'timestamptz'::regtype
  ) then
    raise exception 'the column % of the time series % must be timestamptz for its rows to be kept for a time', series.time_column, p_view;
  end if;
  update dbsvc.time_series set keep = p_keep where schema_name = current_schema() and view_name = p_view;
end
$$;

revoke all on function dbsvc.is_span, dbsvc.hold, dbsvc.missing_partitions, dbsvc.expired_pieces, dbsvc.expire_time_series, dbsvc.expire_default_rows,
  dbsvc.keep_time_series from public;
grant execute on function dbsvc.is_span, dbsvc.missing_partitions, dbsvc.expired_pieces, dbsvc.expire_time_series, dbsvc.expire_default_rows,
  dbsvc.keep_time_series to dbsvc_owner;
