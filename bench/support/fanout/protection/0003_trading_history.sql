alter table trading_history enable row level security, force row level security;
create policy company_isolation on trading_history to database_service_role, dbsvc_companies, dbsvc_owner
  using ((select current_setting('app.current_company_id', true) = :company or current_user = 'dbsvc_owner'));
create policy company_proof on trading_history as restrictive to database_service_role, dbsvc_companies
  using ((select dbsvc.current_company() = :company) and coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) is not distinct from user_id::text)
  with check ((select dbsvc.current_company() = :company)
    and coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) is not distinct from user_id::text);
