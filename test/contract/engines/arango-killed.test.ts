import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import type { TestArango } from '../../support/arango.ts'
import { arangoStore, asCompany, companyNamed, migrate, migrationsIn } from '../../support/arango-store.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory, type SharedServer, startServer, stopServer } from '../../support/shared-server.ts'

const main = fileURLToPath(new URL('../../standins/arango/main.ts', import.meta.url))
const password = 'of the stand-in'

// A server that somebody gave by URL is not this test's to kill.
describeEngine('arango', 'a server that is killed', () => {
  const isOwn = engineFinding('arango').kind === 'stand-in'
  let running: (SharedServer & { pid: number }) | null = null

  afterEach(async () => {
    if (running !== null) await stopServer(running.pid, 'SIGKILL')
    running = null
  })

  async function start(directory: string): Promise<TestArango> {
    running = await startServer(
      {
        name: 'arango of its own',
        program: (port) => ({
          file: process.execPath,
          args: [main, String(port), `${directory}/data`],
          env: { ARANGO_ROOT_PASSWORD: password },
        }),
        isReady: async ({ url }) => (await fetch(`${url}/_admin/server/availability`)).ok,
      },
      directory,
    )
    return { url: running.url, user: 'root', password }
  }

  /** Kills the server `afterMs` into `work`, and starts it again on its data. */
  async function killedDuring(
    directory: string,
    afterMs: number,
    work: (store: Store) => Promise<unknown>,
  ): Promise<unknown> {
    const store = await arangoStore(await start(directory))
    const ended = work(store).then(
      () => null,
      (error: unknown) => error,
    )
    await delay(afterMs)
    await stopServer(running?.pid ?? 0, 'SIGKILL')
    const error = await ended
    await store.close()
    return error
  }

  test.runIf(isOwn)('in the middle of creation, migration and removal, each is finished by the next run', async () => {
    const directory = await ownDirectory('arango-killed')
    const companies = Array.from({ length: 30 }, (_, index) => `company_${index}`)
    const files = await migrationsIn('tenant')
    for (const afterMs of [5, 20, 60]) {
      const error = await killedDuring(directory, afterMs, (store) => store.provision(companies.map(companyNamed)))
      if (error !== null) expect(error).toMatchObject({ code: expect.stringMatching(/^DBS-110[15]$/) })
    }
    const server = await start(directory)
    let store = await arangoStore(server)
    await store.provision(companies.map(companyNamed))
    const own = await asCompany('company_7', server)
    await own.createCollection('kept')
    await own.collection('kept').save({ _key: 'a' })
    await migrate(store, 'company_0', files)
    const expected = (await store.inspect('tenant', ['company_0'])).get('company_0')
    await store.close()
    await stopServer(running?.pid ?? 0, 'SIGKILL')

    for (const afterMs of [5, 20, 60]) {
      const error = await killedDuring(directory, afterMs, async (killed) => {
        for (const company of companies.slice(1, 6)) await migrate(killed, company, files, 'up', true)
      })
      if (error !== null) expect(error).toMatchObject({ code: expect.stringMatching(/^DBS-110[15]$/) })
    }
    const again = await start(directory)
    store = await arangoStore(again)
    for (const company of companies.slice(1, 6)) await migrate(store, company, files, 'up', true)
    for (const structure of (await store.inspect('tenant', companies.slice(0, 6))).values()) {
      expect(structure).toEqual(expected)
    }
    expect(await (await asCompany('company_7', again)).collection('kept').document('a')).toMatchObject({ _key: 'a' })
    await store.close()
    await stopServer(running?.pid ?? 0, 'SIGKILL')

    for (const afterMs of [5, 20]) {
      await killedDuring(directory, afterMs, (killed) => Promise.all(companies.map((one) => killed.deprovision(one))))
    }
    store = await arangoStore(await start(directory))
    for (const company of companies) await store.deprovision(company)
    for (const company of companies) expect(await store.findRemains(company)).toEqual([])
    expect(await store.listCompanies()).toEqual([])
    await store.close()
  })

  test.runIf(isOwn)('two hundred companies are made eight at a time, and examined', async () => {
    const directory = await ownDirectory('arango-many')
    const store = await arangoStore(await start(directory))
    const companies = Array.from({ length: 200 }, (_, index) => `many_${index}`)
    const started = performance.now()
    for (let index = 0; index < companies.length; index += 50) {
      await store.provision(companies.slice(index, index + 50).map(companyNamed))
    }
    const made = performance.now()
    expect(await store.listCompanies()).toHaveLength(200)
    expect((await store.examine()).map(({ id }) => id).toSorted()).toEqual([
      'arango-foxx-open',
      'arango-query-memory-unlimited',
      'arango-query-runtime-unlimited',
    ])
    const examined = performance.now()
    process.stderr.write(
      `200 companies: ${((made - started) / 200).toFixed(1)} ms each, examined in ${(examined - made).toFixed(0)} ms\n`,
    )
    await store.close()
  })
})
