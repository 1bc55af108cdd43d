-- Up Migration
-- The user of a context at a third of the cost, which every statement pays for each table that has a user_id. What it returns and
-- refuses stays as it was.

/*
current_user_id returns the proven user, or '' where the context is the whole company's; without proof it raises. The verified fields
are put into a variable first: around a call of verify PostgreSQL does not inline text_of, but runs it as a function of its own.
*/
create or replace function dbsvc.current_user_id() returns text
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
