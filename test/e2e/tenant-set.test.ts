import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { fingerprint } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenOrders, secretsDirectory } from './support/given.ts'

let given: Given
beforeAll(async () => {
  given = await givenOrders({ companies: ['abc', 'xyz'] })
  expectExit(await given.dbsvc(['tenant', 'create', 'set_direct', '--login', '--limit', 'workMemKb=2048']), ExitCode.Ok)
})

const rowOf = async (company: string): Promise<Record<string, unknown> | undefined> =>
  (
    await given.database.query('select name, tier, labels, limits from dbsvc.companies where company_id = $1', [
      company,
    ])
  )[0]

const changesOf = (company: string): Promise<Record<string, unknown>[]> =>
  given.database.query(
    `select details, actor from dbsvc.company_events where company_id = $1 and event = 'changed' order by event_id`,
    [company],
  )

/** What the company's own sessions begin with, asked in one of them. */
async function limitsInside(company: string): Promise<Record<string, string>> {
  const password = await readFile(join(secretsDirectory(), `postgres-main-login-${company}`), 'utf8')
  const session = await given.database.connect(`tenant_${company}`, password)
  const { rows } = await session.query<{ name: string; value: string }>(
    `select name, current_setting(name) as value
     from unnest(array['statement_timeout', 'lock_timeout', 'work_mem', 'max_parallel_workers_per_gather']) as name`,
  )
  await session.end()
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

describe('given a company', () => {
  test('when name, tier, labels and limits are set, then the registry has them, and the event has what was', async () => {
    const result = await given.dbsvc([
      ...[
        'tenant',
        'set',
        'abc',
        '--name',
        'ABC, Ltd',
        '--tier',
        'pro',
        '--label',
        'region=eu',
        '--label',
        'ring=canary',
      ],
      ...['--limit', 'statementTimeoutMs=30000', '--json'],
    ])
    expectExit(result, ExitCode.Ok)
    const now = {
      name: 'ABC, Ltd',
      tier: 'pro',
      labels: { region: 'eu', ring: 'canary' },
      limits: { statementTimeoutMs: 30_000 },
    }
    expect(await rowOf('abc')).toEqual(now)
    const changed = {
      name: { was: 'abc', now: now.name },
      tier: { was: 'free', now: now.tier },
      labels: { was: {}, now: now.labels },
      limits: { was: {}, now: now.limits },
    }
    expect(result.json()).toMatchObject({ schema: 'dbsvc/tenant.set/1', company: 'abc', changed })
    expect(await changesOf('abc')).toEqual([{ details: changed, actor: given.database.user }])
    expect(await rowOf('xyz')).toEqual({ name: 'xyz', tier: 'free', labels: {}, limits: {} })
  })

  test('when a label and a limit are given no value, then they go and the others stay', async () => {
    const result = await given.dbsvc([
      'tenant',
      'set',
      'abc',
      '--label',
      'region=',
      '--limit',
      'statementTimeoutMs=',
      '--limit',
      'lockTimeoutMs=900',
    ])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe(
      'abc labels: {"ring":"canary"}, was {"region":"eu","ring":"canary"}\n' +
        'abc limits: {"lockTimeoutMs":900}, was {"statementTimeoutMs":30000}\n',
    )
    expect(await rowOf('abc')).toMatchObject({
      tier: 'pro',
      labels: { ring: 'canary' },
      limits: { lockTimeoutMs: 900 },
    })
    expect((await changesOf('abc'))[1]).toMatchObject({
      details: { labels: { was: { region: 'eu', ring: 'canary' } } },
    })
  })

  test('when nothing changes, then it says so, and nothing is written', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['tenant', 'set', 'abc', '--tier', 'pro', '--label', 'never='])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('abc is so already\n')
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when it is shown, then the change is among its events', async () => {
    const result = await given.dbsvc(['tenant', 'show', 'abc'])
    expect(result.stdout).toMatch(/^event {8}\S+ changed by /m)
    expect(result.stdout).toMatch(/^tier {9}pro$/m)
  })

  test.each([
    [[], 'say what is to change: --name, --tier, --label or --limit'],
    [['--tier', 'gold'], 'Allowed choices are free, pro, enterprise'],
    [['--name', ''], 'name: '],
    [['--label', 'alone'], 'It must be key=value'],
    [['--limit', 'workMem=1'], 'did you mean workMemKb?'],
    [['--limit', 'workMem='], 'did you mean workMemKb?'],
    [['--limit', 'workMemKb=lots'], 'limits.workMemKb: '],
    [['--limit', 'workMemKb=1'], 'limits.workMemKb: '],
  ])('when %j is asked for, then it is a usage error and nothing changes', async (flags, reason) => {
    const before = await rowOf('xyz')
    const result = await given.dbsvc(['tenant', 'set', 'xyz', ...flags])
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.stderr).toContain(reason)
    expect(await rowOf('xyz')).toEqual(before)
  })

  test('when an unknown one is to be changed, then it is not found', async () => {
    expectError(await given.dbsvc(['tenant', 'set', 'nobody', '--tier', 'pro']), ExitCode.NotFound, 'DBS-1203')
  })

  test('when one is being dropped, then it is refused', async () => {
    await given.database.query(`update dbsvc.companies set state = 'dropping' where company_id = 'xyz'`)
    expectError(await given.dbsvc(['tenant', 'set', 'xyz', '--tier', 'pro']), ExitCode.Refused, 'DBS-1206')
    await given.database.query(`update dbsvc.companies set state = 'active' where company_id = 'xyz'`)
    expect(await rowOf('xyz')).toMatchObject({ tier: 'free' })
  })

  test('when two change it at once, then neither change is lost', async () => {
    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((label) => given.dbsvc(['tenant', 'set', 'xyz', '--label', `${label}=1`])),
    )
    for (const result of results) expectExit(result, ExitCode.Ok)
    expect(await rowOf('xyz')).toMatchObject({ labels: { a: '1', b: '1', c: '1', d: '1' } })
    expect(await changesOf('xyz')).toHaveLength(4)
  })
})

describe('given a company with a LOGIN role', () => {
  test('when it has been created, then its sessions are held to its tier and its exceptions', async () => {
    expect(await limitsInside('set_direct')).toEqual({
      statement_timeout: '5s',
      lock_timeout: '2s',
      work_mem: '2MB',
      max_parallel_workers_per_gather: '0',
    })
  })

  test('when tier and limits change, then its next session is held to them', async () => {
    const flags = ['--tier', 'enterprise', '--limit', 'workMemKb=', '--limit', 'statementTimeoutMs=400']
    expectExit(await given.dbsvc(['tenant', 'set', 'set_direct', ...flags]), ExitCode.Ok)
    expect(await limitsInside('set_direct')).toEqual({
      statement_timeout: '400ms',
      lock_timeout: '2s',
      work_mem: '64MB',
      max_parallel_workers_per_gather: '2',
    })
    const password = await readFile(join(secretsDirectory(), 'postgres-main-login-set_direct'), 'utf8')
    const session = await given.database.connect('tenant_set_direct', password)
    await expect(session.query('select pg_sleep(5)')).rejects.toThrow('statement timeout')
    await session.end()
  })

  test('when its settings were changed by hand, then setting what it is already puts them back', async () => {
    await given.database.query('alter role tenant_set_direct reset work_mem')
    expect((await limitsInside('set_direct')).work_mem).toBe('4MB')
    const result = await given.dbsvc(['tenant', 'set', 'set_direct', '--tier', 'enterprise'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('set_direct is so already\n')
    expect((await limitsInside('set_direct')).work_mem).toBe('64MB')
  })
})

describe('given what dbsvc cannot do yet', () => {
  test.each([
    [['tenant', 'move', 'abc', 'elsewhere'], 'company abc cannot be moved yet: a configuration has one cluster'],
    [['tenant', 'rename', 'abc', 'new_abc'], 'company abc cannot be renamed yet: its id stands in schemas, roles'],
  ])('when it is asked to %j, then it is refused with the reason and a way round', async (words, reason) => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(words)
    expectError(result, ExitCode.Refused, 'DBS-1212')
    expect(result.stderr).toContain(reason)
    expect(result.stderr).toMatch(/^hint: /m)
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when help is asked for, then it says so', async () => {
    for (const command of ['move', 'rename']) {
      const result = await given.dbsvc(['tenant', command, '--help'])
      expectExit(result, ExitCode.Ok)
      expect(result.stdout).toContain('not there yet')
    }
    expect((await given.dbsvc(['tenant', 'move'])).exitCode).toBe(ExitCode.Usage)
    expect((await given.dbsvc(['tenant', 'rename'])).exitCode).toBe(ExitCode.Usage)
  })
})
