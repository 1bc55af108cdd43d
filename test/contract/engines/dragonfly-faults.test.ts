import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Redis } from 'ioredis'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { dragonfly } from '../../../src/engines/dragonfly/engine.ts'
import type { Store } from '../../../src/engines/store.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory, stopServer } from '../../support/shared-server.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, startValkey, type TestValkey, valkeyServer } from '../../support/valkey.ts'
import { configFor, connectDragonfly } from '../stores/dragonfly/config.ts'
import { type Phase, startCuttingProxy } from '../stores/dragonfly/cutting-proxy.ts'
import { configOf, connectStore, limits, otherLimits, passwordOf } from '../stores/harness.ts'

const lost = { code: expect.stringMatching(/^DBS-110[15]$/) }

describeEngine('valkey', 'DragonflyDB with faults', () => {
  let server: TestValkey
  let admin: Redis
  let direct: Store

  beforeAll(async () => {
    server = await valkeyServer()
    admin = connectValkey(server)
    direct = await connectDragonfly(server)
    return () => direct.close()
  })

  /** Everything the server has of these companies. */
  async function stateOf(companies: readonly string[]): Promise<unknown> {
    return Promise.all(
      companies.map(async (company) => ({
        user: await admin.call('ACL', 'GETUSER', `tenant_${company}`),
        budget: await admin.hget('dbsvc:budgets', company),
        keys: (await admin.keys(`t:${company}:*`)).length,
      })),
    )
  }

  type Work = (store: Store, companies: readonly string[]) => Promise<unknown>

  const provision: Work = (store, companies) => store.provision(companies.map((company) => ({ company, limits })))
  const first = (companies: readonly string[]): string => companies[0] ?? ''
  const works: Readonly<Record<string, { readonly before?: Work; readonly work: Work }>> = {
    provision: { work: provision },
    'provision again': { before: provision, work: provision },
    suspend: { before: provision, work: (store, companies) => store.suspend(first(companies)) },
    resume: {
      before: async (store, companies) => {
        await provision(store, companies)
        await store.suspend(first(companies))
      },
      work: (store, companies) => store.resume({ company: first(companies), limits }),
    },
    'apply limits': {
      before: provision,
      work: (store, companies) => store.applyLimits({ company: first(companies), limits: otherLimits }),
    },
    deprovision: {
      before: async (store, companies) => {
        await provision(store, companies)
        for (const name of ['a', 'b', 'c']) await admin.set(`t:${first(companies)}:${name}`, '1')
      },
      work: (store, companies) => store.deprovision(first(companies)),
    },
  }

  describe.each(Object.entries(works))('%s', (_name, { before, work }) => {
    /** Runs the work through a proxy. @returns the commands it sent, those of connecting included */
    async function run(at?: {
      number: number
      phase: Phase
    }): Promise<{ commands: readonly string[]; state: unknown }> {
      const companies = [uniqueName('cut'), uniqueName('cut')]
      await before?.(direct, companies)
      const proxy = await startCuttingProxy(Number(new URL(server.url).port), at === undefined ? {} : { at })
      onTestFinished(() => proxy.close())
      const attempt = connectDragonfly(server, proxy.port).then((store) => work(store, companies))
      if (at === undefined) await attempt
      else {
        await expect(attempt).rejects.toMatchObject(lost)
        await work(direct, companies)
      }
      return { commands: proxy.commands, state: replaceNames(await stateOf(companies), companies) }
    }

    /** Two runs have companies of different names and passwords. */
    const replaceNames = (state: unknown, companies: readonly string[]): string =>
      companies
        .reduce((text, company, at) => text.replaceAll(company, `company ${at}`), JSON.stringify(state))
        .replaceAll(/"[0-9a-f]{64}"/g, '"hash"')

    test('cut off before or after any command and run again, it ends the same', async () => {
      const { commands, state } = await run()
      // That the commands of a company exist is asked a hundred times, which one cut tells as much of.
      const points = commands.flatMap((name, at) =>
        name === 'COMMAND INFO' && commands[at - 1] === name ? [] : [at + 1],
      )
      expect(points.length).toBeGreaterThan(5)
      for (const number of points) {
        for (const phase of ['before', 'after'] as const) {
          const isLast = number === commands.length && phase === 'after'
          const cut = await run({ number, phase })
          expect(cut.state, `${phase} ${number} ${commands[number - 1]}${isLast ? ', the last' : ''}`).toEqual(state)
        }
      }
    })
  })

  test('a server that takes connections and says nothing is given up', { timeout: 60_000 }, async () => {
    const listener = createServer(() => {})
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    onTestFinished(() => void listener.close())
    const address = listener.address()
    const port = typeof address === 'object' ? address?.port : 0
    const config = configOf({ dragonfly: { url: `redis://127.0.0.1:${port}`, password: 'x' } })
    await expect(connectStore(dragonfly, config)).rejects.toMatchObject({ code: 'DBS-1101' })
  })

  describe.runIf(engineFinding('valkey').program !== null)('a server of its own', () => {
    test('killed under the work and started again, it has what was done, and the rest is done again', async () => {
      const directory = await ownDirectory('dragonfly')
      const own = await startValkey(directory)
      const store = await connectDragonfly(own)
      await store.provision([{ company: 'done', limits }])
      const many = Array.from({ length: 300 }, (_, at) => ({ company: `many_${at}`, limits }))
      const work = expect(store.provision(many)).rejects.toMatchObject(lost)
      await stopServer(own.pid, 'SIGKILL')
      await work
      await expect(store.listCompanies()).rejects.toMatchObject(lost)

      const again = await startValkey(directory)
      const after = await connectDragonfly(again)
      expect(await after.listCompanies()).toContain('done')
      await after.provision(many)
      expect(await after.listCompanies()).toHaveLength(301)
      const client = connectValkey(again, { name: 'tenant_many_299', password: await passwordOf('many_299') })
      expect(await client.set('t:many_299:k', '1')).toBe('OK')
      await after.close()
      await stopServer(again.pid)
    })

    test('suspended and removed companies stay so over a restart', async () => {
      const directory = await ownDirectory('dragonfly')
      const own = await startValkey(directory)
      const store = await connectDragonfly(own)
      for (const company of ['stays', 'asleep', 'gone']) await store.provision([{ company, limits }])
      await store.suspend('asleep')
      await store.deprovision('gone')
      await stopServer(own.pid, 'SIGKILL')

      const again = await startValkey(directory)
      const after = await connectDragonfly(again)
      expect(await after.listCompanies()).toEqual(['asleep', 'stays'])
      const login = async (company: string): Promise<unknown> =>
        connectValkey(again, { name: `tenant_${company}`, password: await passwordOf(company) }).ping()
      expect(await login('stays')).toBe('PONG')
      await expect(login('asleep')).rejects.toThrow()
      await after.resume({ company: 'asleep', limits })
      expect(await login('asleep')).toBe('PONG')
      await after.close()
      await stopServer(again.pid)
    })

    test('a full server that refuses to write says so, and lets companies be removed', async () => {
      const own = await startValkey(await ownDirectory('dragonfly'))
      const store = await connectDragonfly(own)
      await store.provision([{ company: 'full', limits }])
      const client = connectValkey(own)
      await client.set('t:full:k', '1')
      await client.config('SET', 'maxmemory', '1')
      await expect(store.provision([{ company: 'late', limits }])).rejects.toMatchObject({
        code: 'DBS-1107',
        message: expect.stringContaining('OOM'),
      })
      await store.deprovision('late')
      await store.deprovision('full')
      expect(await store.findRemains('late')).toEqual([])
      expect(await store.findRemains('full')).toEqual([])
      await store.close()
      await stopServer(own.pid)
    })

    test('a server that stands still in the middle of the work is given up', { timeout: 60_000 }, async () => {
      const own = await startValkey(await ownDirectory('dragonfly'))
      const store = await connectStore(dragonfly, configFor(own))
      process.kill(own.pid, 'SIGSTOP')
      await expect(store.listCompanies()).rejects.toMatchObject(lost)
      process.kill(own.pid, 'SIGCONT')
      await store.close()
      await stopServer(own.pid)
    })
  })
})
