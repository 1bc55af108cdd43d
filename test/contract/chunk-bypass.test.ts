import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { describeEngines } from '../support/engines.ts'
import { type Cluster, refusalsOn } from '../support/shipped-cluster.ts'
import { createOldRows, pieces } from './support/old-rows.ts'

/** Every way by which a statement could read or change what is in a relation, by its own name. */
const ways: readonly ((place: string) => string)[] = [
  (place) => `select * from ${place}`,
  (place) => `select count(*) from only ${place}`,
  (place) => `select 1 from ${place} limit 1`,
  (place) => `copy ${place} to stdout`,
  (place) => `copy (select hour from ${place}) to stdout`,
  (place) => `insert into ${place} (time, hour) values (now(), 1)`,
  (place) => `update ${place} set hour = 1`,
  (place) => `delete from ${place}`,
  (place) => `merge into ${place} t using (values (1)) v (n) on t.hour = v.n when matched then delete`,
  (place) => `truncate ${place}`,
  (place) => `drop table ${place}`,
  (place) => `select * from ${place} for update`,
]

interface Finding {
  readonly id: string
  readonly message: string
  readonly mend: string
}

describeEngines('given time series of all companies and of each', (engine) => {
  let cluster: Cluster
  let login: Client
  beforeAll(async () => {
    cluster = await createOldRows(engine)
    // Roles belong to the server, which other test files share.
    const direct = `direct_${cluster.database.database.slice(-12)}`
    await cluster.dbsvc('tenant', 'create', direct, '--login')
    const secrets = join(inject('runDirectory'), engine.timescale ? `secrets-${cluster.database.port}` : 'secrets')
    const password = await readFile(join(secrets, `postgres-main-login-${direct}`), 'utf8')
    login = await cluster.database.connect(`tenant_${direct}`, password)
    await login.query(`insert into quotes (time, hour) values (now(), 0)`)
    await login.query(`insert into ticks (time, company_id, hour) values (now(), '${direct}', 0)`)
  }, 120_000)

  const parents = `select format('%I.%I', private_schema, view_name) as place from dbsvc.time_series
    union select format('%I.%I', private_schema, view_name || '_default') from dbsvc.time_series where kind = 'partitions'`
  const allPlaces = async (): Promise<string[]> => [
    ...(await cluster.database.query<{ place: string }>(parents)).map(({ place }) => place),
    ...(await pieces(cluster, engine)),
  ]

  /** The statements that did anything else than be refused. */
  async function passing(place: string, tried = ways): Promise<string[]> {
    const statements = tried.map((way) => way(place))
    const answers = await Promise.all([
      cluster.refusals({ company: 'company_abc' }, statements),
      refusalsOn(login, statements),
    ])
    return answers.flatMap((codes) =>
      codes.flatMap((code, at) => (code === '42501' ? [] : [`${statements[at]}: ${code ?? 'passed'}`])),
    )
  }

  test('when each chunk and partition is asked for by its name, in every way and by either role, then all is refused', async () => {
    const places = await allPlaces()
    expect(places.length).toBeGreaterThan(200)
    const passed: string[] = []
    for (const place of places) passed.push(...(await passing(place)))
    expect(passed).toEqual([])
  }, 180_000)

  test('when writes have made new ones since, then those are refused too', async () => {
    const before = await allPlaces()
    await cluster.asOwner('public', `select dbsvc.extend_time_series('public', 'ticks', now() + interval '5 days')`)
    await cluster.as(
      { company: 'company_abc' },
      `insert into ticks (time, company_id, hour) select now() + n * interval '1 day', 'company_abc', 1 from generate_series(5, 8) n`,
    )
    await login.query(
      `insert into quotes (time, hour) select now() + n * interval '1 day', 1 from generate_series(5, 8) n`,
    )
    const made = (await allPlaces()).filter((place) => !before.includes(place))
    expect(made.length).toBeGreaterThanOrEqual(8)
    for (const place of made) expect(await passing(place)).toEqual([])
  })

  test('when a role was granted a whole series, as earlier versions let LOGIN roles be, then close_table takes back its pieces too', async () => {
    const role = login.user ?? ''
    await cluster.database.query(
      `grant all on private_shared.ticks to ${role}; grant select (hour) on private_shared.ticks to ${role}`,
    )
    await cluster.database.query(`select dbsvc.close_table('private_shared', 'ticks')`)
    const reading = ways.filter((way) => /^(select|copy)/.test(way('')))
    const passed: string[] = []
    for (const place of await allPlaces()) passed.push(...(await passing(place, reading)))
    expect(passed).toEqual([])
  }, 180_000)

  describe('when one can be reached', () => {
    const examine = async (): Promise<Finding[]> => {
      const result = await cluster
        .dbsvc('doctor', '--json', '--only', 'exposure')
        .catch((error: Error) => error.message)
      if (typeof result !== 'string') return result.json<{ findings: Finding[] }>().findings
      return (JSON.parse(/\{.*\}/.exec(result)?.[0] ?? '') as { findings: Finding[] }).findings
    }

    test.each([
      'database_service_role',
      'dbsvc_companies',
      'public',
      'login',
    ])('by %s, then doctor names it, and what it says closes it again', async (who) => {
      const role = who === 'login' ? (login.user ?? '') : who
      const [place = ''] = (await pieces(cluster, engine)).slice(-1)
      const schema = place.split('.')[0]
      await cluster.database.query(`grant usage on schema ${schema} to ${role}; grant select on ${place} to ${role}`)
      // The grant is a hole indeed, and not only looks like one.
      const reader = who === 'dbsvc_companies' || who === 'login' ? login : await sharedSession()
      expect((await reader.query(`select from ${place}`)).rowCount).toBeGreaterThanOrEqual(0)
      const findings = await examine()
      expect(findings.map(({ id, message }) => [id, message])).toEqual([
        ['relation-exposed', `${place} can be reached without proof`],
      ])
      await cluster.database.query(findings[0]?.mend ?? '')
      await expect(reader.query(`select from ${place}`)).rejects.toMatchObject({ code: '42501' })
      expect(await examine()).toEqual([])
      // TimescaleDB's schema is open to everybody, and must be.
      if (!engine.timescale) await cluster.database.query(`revoke usage on schema ${schema} from ${role}`)
    })

    const sharedSession = async (): Promise<Client> => {
      const session = await cluster.database.connect()
      await session.query('set session authorization database_service_role')
      return session
    }
  })
})
