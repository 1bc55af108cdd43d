import { describe, expect, test } from 'vitest'
import type { ProjectScope } from '../../../../src/core/migration/scope.ts'
import type { Structure } from '../../../../src/core/structure/object.ts'
import { keyOf } from '../../../../src/core/structure/object.ts'
import type { StoreStep } from '../../../../src/engines/store.ts'
import { uniqueName } from '../../../support/unique-name.ts'
import { temporaryFolder } from '../../../unit/temporary-folder.ts'
import type { StoreContext } from '../context.ts'
import { limits, type StoreHarness, type StoreSchema } from '../harness.ts'
import { compileFiles } from './compile-files.ts'

/** As things that compare, whatever order they were read in. */
const sorted = (structure: Structure | undefined): Structure =>
  [...(structure ?? [])].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

export function migrating({ engine }: StoreHarness, context: StoreContext): void {
  describe.runIf(!engine.capabilities.migrations)('without a schema', () => {
    test('nothing is compiled, and every structure is empty', async () => {
      expect(await engine.compile([], new Set(), 'up', context.server.config)).toEqual([])
      const companies = [uniqueName('one'), uniqueName('two')]
      const structures = await context.store.inspect('tenant', companies)
      expect([...structures.keys()]).toEqual(companies)
      for (const structure of structures.values()) expect(structure).toEqual([])
    })
  })

  describe.runIf(engine.capabilities.migrations)('migrating', () => {
    const schemaOf = (): StoreSchema => {
      if (context.server.schema === null) throw new Error('a store with migrations is tried with some')
      return context.server.schema
    }

    async function stepsOf(scope: ProjectScope): Promise<StoreStep[]> {
      const folder = await temporaryFolder()
      const migrations = await compileFiles(engine, folder, scope, schemaOf().files[scope], context.server.config)
      return migrations.flatMap(({ steps }) => steps)
    }

    async function provisioned(prefix: string): Promise<string> {
      const company = uniqueName(prefix)
      await context.store.provision([{ company, limits }])
      return company
    }

    const run = (scope: ProjectScope, company: string, step: StoreStep, inDoubt = false): Promise<void> =>
      context.store.run({ scope, company }, step, {
        inDoubt,
        companies: async () => (company === '' ? [] : [company]),
        signal: new AbortController().signal,
      })

    const structureOf = async (company: string): Promise<Structure> =>
      sorted((await context.store.inspect('tenant', [company])).get(company))

    const stateOf = async (company: string): Promise<unknown> => ({
      structure: await structureOf(company),
      data: (await schemaOf().dataOf?.(company)) ?? null,
    })

    async function migrated(prefix: string): Promise<string> {
      const company = await provisioned(prefix)
      for (const step of await stepsOf('tenant')) await run('tenant', company, step)
      return company
    }

    test('shared steps run, and again while in doubt', async () => {
      for (const step of await stepsOf('shared')) await run('shared', '', step, true)
      const before = sorted((await context.store.inspect('shared', [''])).get(''))
      expect(before).not.toEqual([])
      for (const step of await stepsOf('shared')) await run('shared', '', step, true)
      expect(sorted((await context.store.inspect('shared', [''])).get(''))).toEqual(before)
    })

    test('two companies of one version are the same, and one without a version is not', async () => {
      const [one, other] = [await migrated('same'), await migrated('same')]
      expect(await structureOf(one)).not.toEqual([])
      expect(await stateOf(other)).toEqual(await stateOf(one))
      const empty = await provisioned('empty')
      expect(await stateOf(empty)).not.toEqual(await stateOf(one))
    })

    test('several structures come at once as they come one by one', async () => {
      const companies = [await migrated('both'), await provisioned('both')]
      const structures = await context.store.inspect('tenant', companies)
      expect([...structures.keys()].sort()).toEqual([...companies].sort())
      for (const company of companies) expect(sorted(structures.get(company))).toEqual(await structureOf(company))
    })

    test("a change behind dbsvc's back shows", async () => {
      const [changed, other] = [await migrated('changed'), await migrated('unchanged')]
      const before = await structureOf(other)
      await schemaOf().change(changed)
      expect(await structureOf(changed)).not.toEqual(before)
      expect(await structureOf(other)).toEqual(before)
    })

    test('cut off after any step, seen or unseen, and gone on with, it ends the same', async () => {
      const steps = await stepsOf('tenant')
      expect(steps.length).toBeGreaterThan(1)
      const straight = await stateOf(await migrated('straight'))
      for (let cut = 0; cut < steps.length; cut++) {
        for (const wasDone of [true, false]) {
          const company = await provisioned('cut')
          for (const step of steps.slice(0, wasDone ? cut + 1 : cut)) await run('tenant', company, step)
          for (const [at, step] of steps.slice(cut).entries()) await run('tenant', company, step, at === 0)
          expect(await stateOf(company), `cut at ${cut}, done ${wasDone}`).toEqual(straight)
        }
      }
    })

    test('a migrated company is removed with everything', async () => {
      const company = await migrated('gone')
      await context.store.deprovision(company)
      expect(await context.store.findRemains(company)).toEqual([])
      expect(await context.server.traces(company)).toEqual([])
    })
  })
}
