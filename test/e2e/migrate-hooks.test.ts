import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

const append = ['sh', '-c', 'cat >> hooks.log; echo >> hooks.log']

async function givenHooks(hooks: object, waves: object[] = []): Promise<Given> {
  const given = await givenOrders({ companies: ['a', 'b', 'c'], config: { migrations: { hooks, waves } } })
  await given.write('hooks.log', '')
  await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
  return given
}

interface HookLine {
  readonly hook: string
  readonly wave?: string
  readonly company?: string
  readonly outcome?: string
}

async function logged(given: Given): Promise<HookLine[]> {
  const text = await readFile(join(given.directory, 'hooks.log'), 'utf8')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as HookLine]))
}

const having = async ({ database }: Given): Promise<string[]> =>
  (
    await database.query<{ id: string }>(
      `select company_id as id from dbsvc.ledger where name = '0002_note' order by 1`,
    )
  ).map(({ id }) => id)

test('given a command for every hook, when a migration is rolled out, then each is told what it stands before or after', async () => {
  const names = ['beforeRun', 'beforeWave', 'beforeCompany', 'afterCompany', 'afterWave', 'afterRun']
  const given = await givenHooks(Object.fromEntries(names.map((name) => [name, [{ command: append }]])), [
    { name: 'canary', companies: ['b'] },
  ])
  expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  const lines = await logged(given)
  expect(lines.map(({ hook, wave, company }) => [hook, wave ?? company].filter(Boolean).join(' '))).toEqual([
    'beforeRun',
    'beforeWave canary',
    'beforeCompany b',
    'afterCompany b',
    'afterWave canary',
    'beforeWave rest',
    'beforeCompany a',
    'afterCompany a',
    'beforeCompany c',
    'afterCompany c',
    'afterWave rest',
    'afterRun',
  ])
  const [{ id } = { id: '' }] = await given.database.query<{ id: string }>(
    `select run_id as id from dbsvc.runs order by started_at desc limit 1`,
  )
  expect(lines[2]).toMatchObject({ runId: id, command: 'migrate up', migration: '0002_note', direction: 'up' })
  expect(lines.at(-1)).toMatchObject({ outcome: 'succeeded', completed: 3, failed: 0 })
  // Nothing pending is no run.
  expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  expect(await logged(given)).toHaveLength(lines.length)
})

test('given a shell line and a module, when they run, then the one has an environment and the other an argument', async () => {
  const given = await givenHooks({
    beforeRun: [{ command: 'echo "$DBSVC_HOOK of $DBSVC_HOOK_COMMAND" > shell.log' }],
    afterCompany: [{ module: 'hook.ts' }],
  })
  await given.write(
    'hook.ts',
    `import { appendFileSync } from 'node:fs'
     export default async (event: { company: string }): Promise<void> => appendFileSync('module.log', event.company + ' ')`,
  )
  expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  expect(await readFile(join(given.directory, 'shell.log'), 'utf8')).toBe('beforeRun of migrate up\n')
  expect((await readFile(join(given.directory, 'module.log'), 'utf8')).trim().split(' ').toSorted()).toEqual([
    'a',
    'b',
    'c',
  ])
})

test('given a hook before the run that fails, when it is to stop, then nothing is applied; when it is to warn, then all is', async () => {
  const failing = { command: 'echo no change window >&2; exit 3' }
  const given = await givenHooks({ beforeRun: [failing] })
  const result = await given.dbsvc(['migrate', 'up'])
  expectError(result, ExitCode.Failed, 'DBS-1508')
  expect(result.stderr).toContain('no change window')
  expect(await having(given)).toEqual([])

  const lenient = await givenHooks({ beforeRun: [{ ...failing, onFailure: 'warn' }] })
  const warned = await lenient.dbsvc(['migrate', 'up'])
  expectExit(warned, ExitCode.Ok)
  expect(warned.stderr).toMatch(/^warning: hook beforeRun failed: .*no change window/ms)
  expect(await having(lenient)).toEqual(['a', 'b', 'c'])
})

test('given a hook before a company that fails for one, then that one is left, whatever batch it was in', async () => {
  const given = await givenHooks({
    beforeCompany: [{ command: 'echo $DBSVC_HOOK_COMPANY >> seen.log; test $DBSVC_HOOK_COMPANY != b' }],
  })
  const result = await given.dbsvc(['migrate', 'up'])
  expectError(result, ExitCode.Failed, 'DBS-1508')
  expect(result.stderr).toContain('hook beforeCompany of b failed')
  expect(await having(given)).toEqual(['a', 'c'])
  const seen = await readFile(join(given.directory, 'seen.log'), 'utf8')
  expect(seen.trim().split('\n').toSorted()).toEqual(['a', 'b', 'c'])
})

test('given a hook after a company that fails, then the company is migrated, and the run has failed', async () => {
  const given = await givenHooks({ afterCompany: [{ command: 'test $DBSVC_HOOK_COMPANY != b' }] })
  expectError(await given.dbsvc(['migrate', 'up']), ExitCode.Failed, 'DBS-1508')
  expect(await having(given)).toEqual(['a', 'b', 'c'])
})

test('given a hook after a wave that fails, then the next wave is not begun', async () => {
  const given = await givenHooks({ afterWave: [{ command: 'exit 1' }] }, [{ name: 'canary', companies: ['c'] }])
  expectError(await given.dbsvc(['migrate', 'up']), ExitCode.Failed, 'DBS-1508')
  expect(await having(given)).toEqual(['c'])
})

test('given a hook that hangs, when its time is over, then it has failed', async () => {
  const given = await givenHooks({ beforeRun: [{ command: ['sleep', '30'], timeoutMs: 200 }] })
  expectError(await given.dbsvc(['migrate', 'up']), ExitCode.Failed, 'DBS-1508')
  const elsewhere = await givenHooks({ beforeRun: [{ module: 'hang.mjs', timeoutMs: 200 }] })
  await elsewhere.write(
    'hang.mjs',
    'export default () => new Promise((resolve) => setTimeout(resolve, 30_000).unref())',
  )
  expectError(await elsewhere.dbsvc(['migrate', 'up']), ExitCode.Failed, 'DBS-1508')
})
