import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo, fingerprint, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

describe('given migrations that were applied', () => {
  const file = 'migrations/postgres/tenant/0002_notes.sql'
  const notes = migration('create table notes (id int primary key);', 'drop table notes;')
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['abc'], migrations: { 'postgres/tenant/0002_notes.sql': notes } })
    await given.write('migrations/postgres/tenant/0003_next.sql', migration('create table next (id int primary key);'))
  })
  const expectUntouched = async (result: Awaited<ReturnType<Given['dbsvc']>>, code: string): Promise<void> => {
    expectError(result, ExitCode.Refused, code)
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders', '0002_notes'])
    expect(await relationsIn(given.database, 'tenant_abc')).toEqual(['notes', 'orders'])
  }

  test('when one is edited, then nothing runs and the error names it, its company and the way out', async () => {
    await given.write(file, notes.replace('int primary', 'bigint primary'))
    for (const args of [
      ['migrate', 'up'],
      ['migrate', 'plan'],
      ['migrate', 'down'],
      ['migrate', 'redo'],
    ]) {
      const result = await given.dbsvc(args)
      await expectUntouched(result, 'DBS-1401')
      expect(result.stderr).toContain('0002_notes.sql was changed after 0002_notes was applied to abc')
      expect(result.stderr).toContain('hint: git checkout ')
    }
  })

  test('when one is missing, then nothing runs', async () => {
    await rm(join(given.directory, file))
    const result = await given.dbsvc(['migrate', 'up'])
    await expectUntouched(result, 'DBS-1402')
    expect(result.stderr).toContain('0002_notes is applied to abc, but its file is missing')
  })

  test('when a new one sorts before an applied one, then nothing runs', async () => {
    await given.write(file, notes)
    await given.write('migrations/postgres/tenant/0001_zebra.sql', migration('create table zebra (id int);'))
    const result = await given.dbsvc(['migrate', 'up'])
    await expectUntouched(result, 'DBS-1403')
    expect(result.stderr).toContain('0001_zebra is pending on abc, but 0002_notes, which comes later, is applied')
    await rm(join(given.directory, 'migrations/postgres/tenant/0001_zebra.sql'))
  })

  test('when two files have one name, or a name has no version, then nothing runs', async () => {
    for (const name of ['0003_next.ts', 'notes.sql']) {
      await given.write(`migrations/postgres/tenant/${name}`, 'export const up = () => {}')
      await expectUntouched(await given.dbsvc(['migrate', 'up']), 'DBS-1302')
      await rm(join(given.directory, 'migrations/postgres/tenant', name))
    }
  })

  test('when a checkout has turned line ends into CRLF, then it is the same file and the run goes on', async () => {
    await given.write(file, notes.replaceAll('\n', '\r\n'))
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders', '0002_notes', '0003_next'])
  })
})

describe('given a version that no migration has', () => {
  test.each([
    ['migrate', 'up', '--to', '0099'],
    ['migrate', 'plan', '--to', '0001_misspelt'],
    ['migrate', 'down', '--to', '7'],
    ['migrate', 'baseline', '--scope', 'tenant', '--to', 'abc'],
  ])('when %s %s goes %s %s, then it is not found and nothing changes', async (...args) => {
    const given = await givenOrders({ companies: ['abc'] })
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(args)
    expectError(result, ExitCode.NotFound, 'DBS-1305')
    expect(result.stderr).toContain(args.at(-1))
    expect(await fingerprint(given.database)).toBe(before)
  })
})
