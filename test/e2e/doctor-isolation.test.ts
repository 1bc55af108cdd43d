import { beforeAll, expect, test } from 'vitest'
import { isolationChecks } from '../../src/app/doctor/checks/index.ts'
import { describeEngine } from '../support/engines.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../support/valkey.ts'
import { type Given, givenOrders } from './support/given.ts'
import { pretendRelease } from './support/older-release.ts'
import type { Diagnosis } from './support/own-server.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

const company = uniqueName('audited')

describeEngine('valkey', 'given a live fleet, when dbsvc doctor --isolation looks', () => {
  let given: Given
  let valkey: Awaited<ReturnType<typeof valkeyServer>>

  beforeAll(async () => {
    valkey = await valkeyServer()
    given = await givenOrders({ companies: [company], config: dragonflyConfig(valkey) })
  })

  const audit = async (env: Record<string, string> = {}) =>
    (await given.dbsvc(['doctor', '--isolation', '--json'], { env })).json<Diagnosis>()
  const idsOf = ({ findings }: Diagnosis) => findings.map(({ id }) => id)

  test('then every check that is about isolation has run, with attempts in each engine, and nothing else', async () => {
    const { checks, findings } = await audit()
    const ran = checks.map(({ id }) => id)
    expect(ran).toEqual(expect.arrayContaining(isolationChecks.map(({ id }) => id)))
    expect(ran).not.toContain('drift')
    expect(checks.filter(({ outcome }) => outcome === 'skipped' || outcome === 'failed')).toEqual([])
    expect(
      findings.filter(({ severity, check }) => severity === 'error' && /isolation|exposure|keys/.test(check)),
    ).toEqual([])
    const listed = await given.dbsvc(['doctor', '--isolation', '--list', '--json'])
    expect(listed.json<{ checks: { id: string }[] }>().checks.map(({ id }) => id)).toEqual(ran)
  })

  test('then a hole in PostgreSQL and one in another engine are both found, with what mends them', async () => {
    await given.database.query(
      'create table public.open_to_all (company_id text primary key); grant select on public.open_to_all to database_service_role',
    )
    const admin = connectValkey(valkey)
    await admin.call('ACL', 'SETUSER', `tenant_${company}`, '~*')
    const found = (await audit()).findings
    expect(found).toContainEqual(
      expect.objectContaining({
        id: 'relation-exposed',
        message: expect.stringContaining('public.open_to_all'),
        mend: expect.stringContaining('public.open_to_all'),
      }),
    )
    expect(found).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining(`user tenant_${company} `), severity: 'error' }),
    )
    await given.database.query('drop table public.open_to_all')
    expect(idsOf(await audit())).not.toContain('relation-exposed')
  })

  test('then a release with known holes is named, whatever it is configured like: server-vulnerable', async () => {
    const port = await pretendRelease(given.database.port, 170_003)
    const diagnosis = await audit({ DBSVC_POSTGRES_PORT: String(port) })
    const flaw = diagnosis.findings.find(({ id }) => id === 'server-vulnerable')
    expect(flaw?.message).toMatch(/^PostgreSQL 17\.3 has CVE-2025-8713 .*CVE-2026-2006 .*CVE-2026-14664 /)
    expect(flaw?.message).not.toContain('CVE-2025-1094')
    expect(flaw?.mend).toContain('17.11')
    const newest = await pretendRelease(given.database.port, 180_006)
    expect(idsOf(await audit({ DBSVC_POSTGRES_PORT: String(newest) }))).not.toContain('server-vulnerable')
  })
})
