import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../support/seeded-random.ts'
import { uniqueName } from '../../../support/unique-name.ts'
import type { StoreContext } from '../context.ts'
import { isLetIn, limits, otherLimits, readAs, writeAs } from '../harness.ts'

/** What a company should be, as far as anybody can see. */
interface Expected {
  isSuspended: boolean
  readonly texts: string[]
}

type Operation = (context: StoreContext, company: string, model: Map<string, Expected>) => Promise<void>

// What may be done to a company that has no place, or none that is open, is left to each store: here it is not done.
const operations: Readonly<Record<string, Operation>> = {
  async provision({ store }, company, model) {
    if (model.get(company)?.isSuspended === true) return
    await store.provision([{ company, limits }])
    if (!model.has(company)) model.set(company, { isSuspended: false, texts: [] })
  },
  async deprovision({ store }, company, model) {
    await store.deprovision(company)
    model.delete(company)
  },
  async suspend({ store }, company, model) {
    const expected = model.get(company)
    if (expected === undefined) return
    await store.suspend(company)
    expected.isSuspended = true
  },
  async resume({ store }, company, model) {
    const expected = model.get(company)
    if (expected === undefined) return
    await store.resume({ company, limits })
    expected.isSuspended = false
  },
  async applyLimits({ store }, company, model) {
    if (model.has(company)) await store.applyLimits({ company, limits: otherLimits })
  },
  async write({ server }, company, model) {
    const expected = model.get(company)
    if (expected === undefined || expected.isSuspended) return
    const text = `text-${expected.texts.length}`
    await writeAs(server, company, text)
    expected.texts.push(text)
  },
}

export function randomly(context: StoreContext): void {
  describe('any sequence of operations', () => {
    const seed = Number(process.env.DBSVC_TEST_SEED ?? randomInt(1_000_000))

    test(`ends where a model of it ends [seed ${seed}]`, async () => {
      const random = seededRandom(seed)
      const pick = <Item>(items: readonly [Item, ...Item[]]): Item =>
        items[Math.floor(random() * items.length)] ?? items[0]
      const stem = uniqueName('r')
      const companies = [stem, `${stem}_x`, `${stem}x`] as const
      const names = Object.keys(operations) as [string, ...string[]]
      const model = new Map<string, Expected>()
      const done: string[] = []
      for (let step = 0; step < 60; step++) {
        const [name, company] = [pick(names), pick(companies)]
        done.push(`${name} ${company}`)
        await operations[name]?.(context, company, model)
        // The whole model now and then, and what was touched always.
        for (const looked of step % 10 === 9 ? companies : [company]) {
          expect(await stateOf(context, looked), done.join('\n')).toEqual(
            describeExpected(model.get(looked), context.server.refusesSuspended),
          )
        }
      }
    })
  })
}

async function stateOf({ store, server }: StoreContext, company: string): Promise<unknown> {
  const isListed = (await store.listCompanies()).includes(company)
  const isIn = await isLetIn(server, company)
  const hasRemains = (await store.findRemains(company)).length > 0
  return { isListed, isIn, hasRemains, texts: isIn ? await readAs(server, company) : null }
}

function describeExpected(expected: Expected | undefined, refusesSuspended: boolean): unknown {
  if (expected === undefined) return { isListed: false, isIn: false, hasRemains: false, texts: null }
  const isIn = !(expected.isSuspended && refusesSuspended)
  return { isListed: true, isIn, hasRemains: true, texts: isIn ? [...expected.texts].sort() : null }
}
