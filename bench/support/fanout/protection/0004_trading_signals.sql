alter table trading_signals enable row level security, force row level security;
create policy company_isolation on trading_signals to database_service_role, dbsvc_companies, dbsvc_owner
  using ((select current_setting('app.current_company_id', true) = :company or current_user = 'dbsvc_owner'));
create policy company_proof on trading_signals as restrictive to database_service_role, dbsvc_companies
  using ((select dbsvc.current_company() = :company) and (user_id is null or coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) is not distinct from user_id::text))
  with check ((select dbsvc.current_company() = :company)
    and coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) is not distinct from user_id::text);
create policy user_update on trading_signals as restrictive for update to database_service_role, dbsvc_companies
  using (coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) is not distinct from user_id::text);
create policy user_delete on trading_signals as restrictive for delete to database_service_role, dbsvc_companies
  using (coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) is not distinct from user_id::text);
