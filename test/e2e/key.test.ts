import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { expectError, expectExit, type Given, givenOrders, givenProject, secretsDirectory } from './support/given.ts'

interface ListedKey {
  readonly keyId: string
  readonly state: string
  readonly held: boolean
  readonly retiresAt: string | null
}

const keyFile = 'postgres-main-context-keys'

/** A copy of the run's secrets for one machine: what rotates here must not change the keys of other tests. */
async function copySecrets(): Promise<string> {
  const directory = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
  for (const name of [keyFile, 'postgres-main-service-password']) {
    await cp(join(secretsDirectory(), name), join(directory, name))
  }
  return directory
}

const currentIn = async (directory: string): Promise<string> =>
  (JSON.parse(await readFile(join(directory, keyFile), 'utf8')) as { current: string }).current

describe('given a cluster with one context key', () => {
  let given: Given
  let here: string
  let elsewhere: string
  let first: string
  const keys = async (): Promise<readonly ListedKey[]> => {
    const result = await given.dbsvc(['key', 'list', '--json'], { env: { DBSVC_SECRETS_DIRECTORY: here } })
    expectExit(result, ExitCode.Ok)
    return result.json<{ keys: ListedKey[] }>().keys
  }
  const seenWith = (directory: string) =>
    asCompany(given.database, { company: 'abc', directory }, 'select id from orders')
  beforeAll(async () => {
    given = await givenOrders({ companies: ['abc'] })
    await given.database.query('insert into tenant_abc.orders values (1, 10)')
    here = await copySecrets()
    elsewhere = await copySecrets()
    first = await currentIn(here)
  })

  test('when the keys are listed, then it is the current one, its secret is here, and is not printed', async () => {
    expect(await keys()).toEqual([
      expect.objectContaining({ keyId: first, state: 'current', held: true, retiresAt: null }),
    ])
    const result = await given.dbsvc(['key', 'list'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(
      new RegExp(`^KEY +STATE +ON THIS MACHINE +CREATED +RETIRES\n${first} +current +yes +\\S+ +-\n$`),
    )
    const { keys: secrets } = JSON.parse(await readFile(join(here, keyFile), 'utf8')) as {
      keys: Record<string, string>
    }
    expect(result.stdout + result.stderr).not.toContain(secrets[first])
    expect(await given.database.query('select key_id, retires_at from dbsvc.context_keys')).toEqual([
      { key_id: first, retires_at: null },
    ])
  })

  test('when it is rotated, then a new key signs here, and what another machine signs with the old one is still accepted', async () => {
    const result = await given.dbsvc(['key', 'rotate', '--json'], { env: { DBSVC_SECRETS_DIRECTORY: here } })
    expectExit(result, ExitCode.Ok)
    const second = await currentIn(here)
    expect(second).not.toBe(first)
    expect(result.json()).toMatchObject({ schema: 'dbsvc/key.rotate/1', keyId: second, previous: first })
    expect((await keys()).map(({ keyId, state }) => [keyId, state])).toEqual([
      [second, 'current'],
      [first, 'accepted'],
    ])
    expect(await currentIn(elsewhere)).toBe(first)
    expect(await seenWith(here)).toEqual([{ id: '1' }])
    expect(await seenWith(elsewhere)).toEqual([{ id: '1' }])
  })

  test('when the current key is to be retired, then it is refused', async () => {
    const result = await given.dbsvc(['key', 'retire', await currentIn(here)], {
      env: { DBSVC_SECRETS_DIRECTORY: here },
    })
    expectError(result, ExitCode.Refused, 'DBS-1605')
    expect(result.stderr).toContain('hint: dbsvc key rotate first')
    expect(await given.database.query('select from dbsvc.context_keys where retires_at is not null')).toEqual([])
  })

  test('when the old one is retired --after ten minutes, then it is accepted until then, and its secret is forgotten here', async () => {
    const result = await given.dbsvc(['key', 'retire', first, '--after', '600000', '--json'], {
      env: { DBSVC_SECRETS_DIRECTORY: here },
    })
    expectExit(result, ExitCode.Ok)
    const [row] = await given.database.query<{ minutes: number; at: Date }>(
      `select round(extract(epoch from retires_at - now()) / 60)::int as minutes, retires_at as at
       from dbsvc.context_keys where key_id = $1`,
      [first],
    )
    expect(row?.minutes).toBe(10)
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/key.retire/1',
      keyId: first,
      retiresAt: row?.at.toISOString(),
    })
    expect(await keys()).toContainEqual(expect.objectContaining({ keyId: first, state: 'retiring', held: false }))
    expect(await readFile(join(here, keyFile), 'utf8')).not.toContain(first)
    expect(await seenWith(elsewhere)).toEqual([{ id: '1' }])
  })

  test('when its time has come, then what is signed with it is refused', async () => {
    await given.database.query(`update dbsvc.context_keys set retires_at = now() where key_id = $1`, [first])
    await expect(seenWith(elsewhere)).rejects.toThrow('unknown context key')
    expect(await seenWith(here)).toEqual([{ id: '1' }])
    expect(await keys()).toContainEqual(expect.objectContaining({ keyId: first, state: 'retired' }))
  })

  test('when migrate up is run where only the retired key is known, then it is an error and not a new key', async () => {
    const result = await given.dbsvc(['migrate', 'up'], { env: { DBSVC_SECRETS_DIRECTORY: elsewhere } })
    expectError(result, ExitCode.Configuration, 'DBS-1603')
    expect(await given.database.query('select from dbsvc.context_keys')).toHaveLength(2)
  })

  test('when a key that nobody knows is retired, then it is not found; when none is named, then it is a usage error', async () => {
    const env = { DBSVC_SECRETS_DIRECTORY: here }
    expectError(await given.dbsvc(['key', 'retire', 'abcdef'], { env }), ExitCode.NotFound, 'DBS-1602')
    expectError(await given.dbsvc(['key', 'retire'], { env }), ExitCode.Usage, 'DBS-1903')
    expectError(await given.dbsvc(['key', 'retire', first, '--after', 'soon'], { env }), ExitCode.Usage, 'DBS-1903')
  })
})

describe('given a cluster that is not set up', () => {
  test.each([
    ['list'],
    ['rotate'],
    ['retire', 'abcdef'],
  ])('when key %s is run, then it says how to set it up', async (...args) => {
    const given = await givenProject()
    expectError(await given.dbsvc(['key', ...args]), ExitCode.Refused, 'DBS-1406')
  })
})
