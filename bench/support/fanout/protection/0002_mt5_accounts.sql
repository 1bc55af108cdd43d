alter table mt5_accounts enable row level security, force row level security;
create policy company_isolation on mt5_accounts to database_service_role, dbsvc_companies, dbsvc_owner
  using ((select case when current_setting('app.current_company_id', true) = :company or current_user = 'dbsvc_owner' then true end)
    is not unknown);
create policy company_proof on mt5_accounts as restrictive to database_service_role, dbsvc_companies
  using ((select case when dbsvc.current_company() = :company then true end) is not unknown and case (select dbsvc.current_user_id()) when '' then true when user_id::text then true end is not unknown)
  with check ((select case when dbsvc.current_company() = :company then true end) is not unknown
    and case (select dbsvc.current_user_id()) when '' then true when user_id::text then true end is not unknown);
