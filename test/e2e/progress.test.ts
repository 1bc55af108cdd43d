import { beforeEach, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { type DbsvcOnTerminal, dbsvcOnTerminal, noTerminal } from '../support/dbsvc-on-terminal.ts'
import { type ErrorDocument, expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

const control = '\u001b'
const hideCursor = `${control}[?25l`
const showCursor = `${control}[?25h`
const liveRow = '0 steps done'

const works = migration('create table notes (company_id text);')
const fails = migration('select 1 / 0;')

/** A cluster with one company, and a migration that it lacks. */
async function givenPending(sql: string): Promise<Given> {
  const given = await givenOrders({ companies: ['company_abc'] })
  await given.write('migrations/postgres/tenant/0002_next.sql', sql)
  return given
}

/** Has another session hold the migration lock; resolves to what lets go of it. */
async function holdLock({ database }: Given): Promise<() => Promise<void>> {
  const holder = await database.connect()
  await holder.query(`set application_name = 'the nightly job'; select pg_advisory_lock(x'64627376'::int, 1)`)
  return () => holder.end()
}

describe('given a terminal', () => {
  beforeEach(({ skip }) => {
    const reason = noTerminal()
    skip(reason !== undefined, reason)
  })

  /** Waits until the view of a run that waits for the lock is drawn. */
  async function drawn(given: Given, env: Record<string, string> = {}): Promise<DbsvcOnTerminal> {
    const run = dbsvcOnTerminal(['migrate', 'up'], { cwd: given.directory, env })
    await run.waitFor(liveRow)
    return run
  }

  test('when a run takes long, then it is drawn, and nothing of it is left but the lines of its steps', async () => {
    const given = await givenPending(works)
    const release = await holdLock(given)
    const run = await drawn(given)
    await release()
    const { exitCode, written } = await run.exited
    expect(exitCode, written).toBe(ExitCode.Ok)
    expect(written.slice(written.indexOf(hideCursor))).toMatch(/waiting for .*the nightly job/)
    expect(written).toMatch(/up {7}tenant 0002_next on 1 company \(\d+ ms\)/)
    const gone = written.indexOf(showCursor)
    expect(written.lastIndexOf(liveRow)).toBeLessThan(gone)
    expect(written.indexOf('1 migration done')).toBeGreaterThan(gone)
  })

  test('when it fails, then the error comes after the view is gone', async () => {
    const given = await givenPending(fails)
    const release = await holdLock(given)
    const run = await drawn(given)
    await release()
    const { exitCode, written } = await run.exited
    expect(exitCode, written).toBe(ExitCode.Failed)
    const error = written.indexOf('error: ')
    expect(error).toBeGreaterThan(written.indexOf(showCursor))
    expect(written.slice(error)).not.toContain(hideCursor)
    expect(written.slice(error)).not.toMatch(/steps? done/)
  })

  test('when Ctrl-C is typed, then it ends in order, with the cursor shown and the error last', async () => {
    const given = await givenPending(works)
    const release = await holdLock(given)
    const run = await drawn(given)
    run.type('\u0003')
    const { exitCode, written } = await run.exited
    await release()
    expect(exitCode, written).toBe(ExitCode.Interrupted)
    const error = written.indexOf('(DBS-1904)')
    expect(error).toBeGreaterThan(written.indexOf(showCursor))
    expect(written.lastIndexOf(hideCursor)).toBeLessThan(written.indexOf(showCursor))
    expect(written.slice(error)).not.toContain(liveRow)
  })

  test('when Ctrl-C is typed again, then it ends at once, with the cursor shown', async () => {
    const given = await givenPending(works)
    await given.write('migrations/postgres/tenant/0003_slow.sql', migration('select pg_sleep(20);'))
    const run = dbsvcOnTerminal(['migrate', 'up'], { cwd: given.directory })
    await run.waitFor('1 step done')
    run.type('\u0003')
    await new Promise((resolve) => setTimeout(resolve, 500))
    run.type('\u0003')
    const { exitCode, written } = await run.exited
    expect(exitCode, written).toBe(ExitCode.Interrupted)
    expect(written.lastIndexOf(showCursor)).toBeGreaterThan(written.lastIndexOf(hideCursor))
    expect(written).not.toContain('error: ')
  })

  test('when NO_COLOR is set, then it is drawn without colours', async () => {
    const given = await givenPending(works)
    const colours = [`${control}[2m`, `${control}[33m`]
    for (const env of [{ NO_COLOR: '1' }, {}] as Record<string, string>[]) {
      const release = await holdLock(given)
      const run = await drawn(given, env)
      await release()
      const { written } = await run.exited
      expect(colours.filter((code) => written.includes(code))).toEqual(env.NO_COLOR === undefined ? colours : [])
    }
  })

  test.each([
    [{ CI: 'true' }, []],
    [{ TERM: 'dumb' }, []],
    [{}, ['--json']],
    [{}, ['--quiet']],
  ] as [
    Record<string, string>,
    string[],
  ][])('when it runs with %j and %j, then nothing is drawn', async (env, flags) => {
    const given = await givenPending(migration('select pg_sleep(1);'))
    const run = dbsvcOnTerminal(['migrate', 'up', ...flags], { cwd: given.directory, env })
    const { exitCode, written } = await run.exited
    expect(exitCode, written).toBe(ExitCode.Ok)
    expect(written).not.toContain(control)
  })
})

test('given no terminal, when a run takes long, then it tells so by lines, and nothing is drawn', async () => {
  const given = await givenPending(works)
  const release = await holdLock(given)
  const run = given.start(['migrate', 'up'])
  await run.waitFor(/waiting for .*the nightly job/)
  // Longer than it takes until a view would be drawn.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await release()
  const result = await run.exited
  expectExit(result, ExitCode.Ok)
  expect(result.stdout).toBe('1 migration done\n')
  expect(result.stderr).toMatch(/^up {7}tenant 0002_next on 1 company \(\d+ ms\)$/m)
  expect(result.stdout + result.stderr).not.toContain(control)
})

describe('given --json', () => {
  test('when a run succeeds, then its events come first and its result is the last line', async () => {
    const given = await givenPending(works)
    const before = Date.now()
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({ schema: 'dbsvc/migrate.up/1', failures: [] })
    const step = result.events().find(({ type }) => type === 'step')
    expect(step).toEqual({
      schema: 'dbsvc/event/1',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      type: 'step',
      step: {
        engine: 'postgres',
        direction: 'up',
        scope: 'tenant',
        migration: '0002_next',
        targets: 1,
        failed: 0,
        durationMs: expect.any(Number),
      },
    })
    expect(Date.parse(String(step?.at))).toBeGreaterThanOrEqual(before)
  })

  test('when a run fails, then the error is the last line', async () => {
    const given = await givenPending(fails)
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectError(result, ExitCode.Failed, result.json<ErrorDocument>().error.code)
    expect(result.json()).toMatchObject({ schema: 'dbsvc/error/1' })
    expect(result.events().map(({ type }) => type)).toContain('step')
  })

  test('when there is nothing to do, then the result is all there is', async () => {
    const given = await givenOrders()
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expect(result.events()).toEqual([])
    expect(result.json()).toMatchObject({ schema: 'dbsvc/migrate.up/1', steps: [] })
  })
})
