import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { HookRunner } from '../../../../src/app/migrate/hooks.ts'
import { locateProject } from '../../../../src/app/project.ts'
import { StoreSet } from '../../../../src/app/stores/store-set.ts'
import { loadConfig } from '../../../../src/config/loader.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { runNode } from '../../node-process.ts'
import { type TemporaryFolder, temporaryFolder } from '../../temporary-folder.ts'

type Hook = {
  readonly command?: string | readonly string[]
  readonly module?: string
  readonly onFailure?: 'stop' | 'warn'
  readonly timeoutMs?: number
}

type Given = TemporaryFolder & { readonly hooks: HookRunner; readonly told: readonly RunEvent[] }

/** A project with these hooks before each company. */
const givenHooks = (...hooks: readonly Hook[]): Promise<Given> => givenAll({ beforeCompany: hooks })

/** A project with hooks by name, and what a run was told of them. */
async function givenAll(configured: Readonly<Record<string, readonly Hook[]>>): Promise<Given> {
  const folder = await temporaryFolder()
  await folder.write('dbsvc.config.json', JSON.stringify({ migrations: { hooks: configured } }))
  const loaded = await loadConfig({ cwd: folder.path, env: {} }, () => {})
  const session = {
    loaded,
    project: locateProject(loaded),
    // Hooks are run on this machine and ask no server.
    client: undefined as unknown as pg.Client,
    place: 'localhost:5432/app',
    command: 'migrate up',
    stores: new StoreSet(loaded, locateProject(loaded), 'migrate up'),
  }
  const told: RunEvent[] = []
  return { ...folder, told, hooks: new HookRunner(session, 'run-1', (event) => told.push(event)) }
}

const facts = { company: 'company_abc', migration: '0001_orders', direction: 'up' } as const

const node = process.execPath

/** A program that keeps what it is told beside the configuration. */
const keeping = `
  const { DBSVC_HOOK, DBSVC_HOOK_RUN_ID, DBSVC_HOOK_COMPANY, DBSVC_HOOK_COMMAND } = process.env
  const input = await process.stdin.toArray()
  const told = { input: JSON.parse(Buffer.concat(input)), env: { DBSVC_HOOK, DBSVC_HOOK_RUN_ID, DBSVC_HOOK_COMPANY, DBSVC_HOOK_COMMAND } }
  await (await import('node:fs/promises')).writeFile('told.json', JSON.stringify(told))`

const whatIsTold = {
  hook: 'beforeCompany',
  runId: 'run-1',
  command: 'migrate up',
  place: 'localhost:5432/app',
  ...facts,
}

const refusal = (reason: RegExp) => ({
  code: 'DBS-1508',
  details: { hook: 'beforeCompany', target: 'company_abc', reason: expect.stringMatching(reason) },
})

describe('given no hook of a name', () => {
  test('when it is run, then nothing happens', async () => {
    const { hooks, told } = await givenHooks()
    expect(hooks.has('beforeCompany')).toBe(false)
    await hooks.run('beforeCompany', facts)
    await hooks.run('afterRun', { outcome: 'succeeded' })
    expect(told).toEqual([])
  })
})

describe('given a program', () => {
  test('when it is run, then it is told on stdin and in its environment, beside the configuration', async () => {
    const { hooks, path, write } = await givenHooks({ command: [node, 'keep.mjs'] })
    await write('keep.mjs', keeping)
    expect(hooks.has('beforeCompany')).toBe(true)
    await hooks.run('beforeCompany', facts)
    expect(JSON.parse(await readFile(join(path, 'told.json'), 'utf8'))).toEqual({
      input: whatIsTold,
      env: {
        DBSVC_HOOK: 'beforeCompany',
        DBSVC_HOOK_RUN_ID: 'run-1',
        DBSVC_HOOK_COMPANY: 'company_abc',
        DBSVC_HOOK_COMMAND: 'migrate up',
      },
    })
  })

  test('when its arguments hold what a shell would read, then they arrive as they are', async () => {
    const script = "require('node:fs').writeFileSync('argument', process.argv[1])"
    const { hooks, path } = await givenHooks({ command: [node, '-e', script, '$HOME; "x" *'] })
    await hooks.run('beforeCompany', facts)
    expect(await readFile(join(path, 'argument'), 'utf8')).toBe('$HOME; "x" *')
  })

  test('when it reads nothing of what it is told, then that is no failure', async () => {
    const { hooks } = await givenHooks({ command: [node, '-e', ''] })
    await hooks.run('beforeCompany', { ...facts, migration: 'x'.repeat(100_000) })
  })

  test('when it fails, then DBS-1508 has what it said last', async () => {
    const script = "console.log('long story '.repeat(100)); console.error('no backup of today'); process.exit(3)"
    const { hooks } = await givenHooks({ command: [node, '-e', script] })
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/exit code 3.*no backup of today$/s))
  })

  test('when it fails without a word, then DBS-1508 has how it ended', async () => {
    const { hooks } = await givenHooks({ command: [node, '-e', 'process.exit(4)'] })
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/exit code 4/))
  })

  test('when there is no such program, then DBS-1508', async () => {
    const { hooks } = await givenHooks({ command: ['no-such-program'] })
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/no-such-program.*ENOENT/s))
  })

  test('when it takes too long, then it is ended, and DBS-1508', async () => {
    const { hooks } = await givenHooks({ command: [node, '-e', 'setTimeout(() => {}, 60_000)'], timeoutMs: 300 })
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/timed out after 300 milliseconds/))
  })
})

describe('given a line for the shell', () => {
  test('when it is run, then the shell reads it, with what the hook is told', async () => {
    const { hooks, path } = await givenHooks({
      command: 'echo "$DBSVC_HOOK_COMPANY $DBSVC_HOOK_DIRECTION" > first && cat first > second',
    })
    await hooks.run('beforeCompany', facts)
    expect(await readFile(join(path, 'second'), 'utf8')).toBe('company_abc up\n')
  })

  test('when it fails, then DBS-1508', async () => {
    const { hooks } = await givenHooks({ command: 'echo not today; exit 5' })
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/exit code 5.*not today/s))
  })

  test.each([
    'sleep 20; true',
    'sleep 20 & true',
  ])('when a program that it began goes on for too long (%s), then that is not waited for', async (command) => {
    const { hooks } = await givenHooks({ command, timeoutMs: 300 })
    const started = performance.now()
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/timed out/))
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('given a module', () => {
  test('when it is run, then its default export is called with what it is told', async () => {
    const { hooks, path, write } = await givenHooks({ module: 'hooks/keep.mjs' })
    await write(
      'hooks/keep.mjs',
      `import { writeFile } from 'node:fs/promises'
       export default (event) => writeFile(new URL('told.json', import.meta.url), JSON.stringify(event))`,
    )
    await hooks.run('beforeCompany', facts)
    expect(JSON.parse(await readFile(join(path, 'hooks/told.json'), 'utf8'))).toEqual(whatIsTold)
  })

  test.each([
    ['throws', 'export default () => { throw new Error("no backup") }', /^no backup$/],
    ['rejects', 'export default async () => { throw new Error("no backup") }', /^no backup$/],
    ['throws what is no error', 'export default () => { throw "no backup" }', /^no backup$/],
    ['has no default export', 'export const hook = () => {}', /hook\.mjs has no function as its default export/],
    ['exports no function', 'export default {}', /hook\.mjs has no function as its default export/],
    ['cannot be read', 'export default (', /./],
  ])('when it %s, then DBS-1508 says so', async (_, source, reason) => {
    const { hooks, write } = await givenHooks({ module: 'hook.mjs' })
    await write('hook.mjs', source)
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(reason))
  })

  test.each([
    ['to run', 'export default () => new Promise(() => {})'],
    ['to load', 'await new Promise(() => {})'],
  ])('when it takes too long %s, then DBS-1508 says so', async (_, source) => {
    const reason = /hook\.mjs took longer than 200 ms/
    const { hooks, write } = await givenHooks({ module: 'hook.mjs', timeoutMs: 200 })
    await write('hook.mjs', source)
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(reason))
  })

  test('when there is none, then DBS-1508', async () => {
    const { hooks } = await givenHooks({ module: 'missing.mjs' })
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject(refusal(/missing\.mjs/))
  })

  test('when it has failed in time, then its time running out later is nobody’s failure', async () => {
    const { path, write } = await temporaryFolder()
    await write('hook.mjs', 'export default () => { throw new Error("no backup") }')
    const source = new URL('../../../../src/app/migrate/hooks.ts', import.meta.url).href
    // In a process of its own, which an unhandled rejection would end.
    const printed = await runNode(`
      const { HookRunner } = await import(${JSON.stringify(source)})
      const hook = { module: 'hook.mjs', onFailure: 'warn', timeoutMs: 100 }
      const loaded = { root: ${JSON.stringify(path)}, config: { migrations: { hooks: { beforeRun: [hook] } } } }
      const hooks = new HookRunner({ loaded, command: '', place: '' }, 'run-1', (event) => console.log(event.type))
      await hooks.run('beforeRun')
      await new Promise((resolve) => setTimeout(resolve, 300))
      console.log('alive')`)
    expect(printed.trim().split('\n')).toEqual(['warning', 'alive'])
  })
})

describe('given several hooks of a name', () => {
  test('when one fails that may, then it is a warning, and the next is run', async () => {
    const { hooks, path, told } = await givenHooks(
      { command: 'echo first >> order; exit 1', onFailure: 'warn' },
      { command: 'echo second >> order' },
    )
    await hooks.run('beforeCompany', facts)
    expect(await readFile(join(path, 'order'), 'utf8')).toBe('first\nsecond\n')
    expect(told).toEqual([{ type: 'warning', text: expect.stringContaining('exit code 1') }])
  })

  test('when one fails that may not, then the next is not run', async () => {
    const { hooks, path, told } = await givenHooks(
      { command: 'echo first >> order; exit 1' },
      { command: 'echo second >> order' },
    )
    await expect(hooks.run('beforeCompany', facts)).rejects.toMatchObject({ code: 'DBS-1508' })
    expect(await readFile(join(path, 'order'), 'utf8')).toBe('first\n')
    expect(told).toEqual([])
  })
})

describe('given a hook that is about no company', () => {
  test('when it fails, then DBS-1508 names the wave, or nobody', async () => {
    const failing = [{ command: 'exit 1' }]
    const { hooks } = await givenAll({ beforeWave: failing, afterRun: failing })
    await expect(hooks.run('beforeWave', { wave: 'canary' })).rejects.toMatchObject({ details: { target: 'canary' } })
    await expect(hooks.run('afterRun', { outcome: 'failed' })).rejects.toMatchObject({ details: { target: null } })
  })
})
