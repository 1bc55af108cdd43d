import pg from 'pg'
import type { Company } from '../../../core/company/spec.ts'

const events = { active: 'resumed', suspended: 'suspended' } as const

/** Moves a company between active and suspended, with its LOGIN role, and ends the sessions that role has. */
export async function changeState(
  client: pg.Client,
  { company, loginRole }: Company,
  state: 'active' | 'suspended',
): Promise<void> {
  const role =
    loginRole === null
      ? ''
      : `alter role ${pg.escapeIdentifier(loginRole)} ${state === 'active' ? 'login' : 'nologin'};`
  await client.query(
    `begin;
     update dbsvc.companies set state = '${state}', updated_at = now() where company_id = ${pg.escapeLiteral(company)};
     insert into dbsvc.company_events (company_id, event) values (${pg.escapeLiteral(company)}, '${events[state]}');
     ${role}
     commit;`,
  )
  if (state === 'suspended' && loginRole !== null) await endSessions(client, loginRole)
}

/** Lets companies in that every engine has confirmed. */
export async function activate(client: pg.Client, companies: readonly string[]): Promise<void> {
  await client.query(
    `update dbsvc.companies set state = 'active', updated_at = now() where company_id = any ($1) and state = 'provisioning'`,
    [companies],
  )
}

/** Ends what a role has open; it must be unable to log in by then. */
export async function endSessions(client: pg.Client, role: string): Promise<void> {
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role])
}
