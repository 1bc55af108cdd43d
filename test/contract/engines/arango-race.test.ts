import { expect, test } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import { arangoServer } from '../../support/arango.ts'
import { arangoStore, companyNamed } from '../../support/arango-store.ts'
import { describeEngine } from '../../support/engines.ts'
import { chunks, type Numbered, startRequestProxy } from '../../support/request-proxy.ts'
import { uniqueName } from '../../support/unique-name.ts'

describeEngine('arango', 'provisioning while the company is removed', () => {
  /** Does `first` on a connection that is stopped at one of its requests, until `second` is through. */
  async function interleave(
    first: (store: Store) => Promise<unknown>,
    at: (request: Numbered) => boolean,
    second: (store: Store) => Promise<unknown>,
  ): Promise<Store> {
    const server = await arangoServer()
    const { hostname, port } = new URL(server.url)
    const direct = await arangoStore()
    let isStopped = false
    const proxy = await startRequestProxy({ host: hostname, port: Number(port) }, chunks, {
      at,
      phase: 'before',
      async act() {
        isStopped = true
        await second(direct)
      },
    })
    const held = await arangoStore({ ...server, url: `http://127.0.0.1:${proxy.port}` })
    await first(held)
    held.close()
    await proxy.close()
    expect(isStopped).toBe(true)
    return direct
  }

  async function expectSettled(store: Store, company: string): Promise<void> {
    await store.provision([companyNamed(company)])
    await store.deprovision(company)
    expect(await store.findRemains(company)).toEqual([])
    await store.close()
  }

  test('a removal that comes between the note and the database leaves nothing that is refused later', async () => {
    const company = uniqueName('contested')
    const store = await interleave(
      (held) => held.provision([companyNamed(company)]),
      ({ text }) => /^POST \S+\/_api\/database /.test(text) && text.includes(company),
      (direct) => direct.deprovision(company),
    )
    await expectSettled(store, company)
  })

  test('nor does one whose last step, the note, comes when the company is there again', async () => {
    const company = uniqueName('contested')
    const store = await interleave(
      async (held) => {
        await held.provision([companyNamed(company)])
        await held.deprovision(company)
      },
      ({ text }) => /^DELETE \S+\/dbsvc_companies\//.test(text),
      (direct) => direct.provision([companyNamed(company)]),
    )
    await expectSettled(store, company)
  })
})
