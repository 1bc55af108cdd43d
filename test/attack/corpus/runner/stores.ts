import { describe, expect, test } from 'vitest'
import type { Alteration } from '../../../support/alterations.ts'
import { tally } from './tally.ts'
import type { Told } from './transcript.ts'

/** One way of attacking a store. `Attempt` is what its doors take, such as a command or a message. */
export interface StoreTechnique<Attempt> {
  readonly name: string
  readonly entry: 'router' | "company's own user"
  /** What it is after. */
  readonly secret: string
  /** What the attacker is told: an error, or `ok`. */
  readonly refusal: RegExp
  /** The one thing that holds it; with that removed it must succeed. */
  readonly mechanism: string
  /** How a router runs without it, where it is the router's. */
  readonly alterations?: readonly Alteration[]
  readonly success: 'canary' | 'runs' | RegExp
  readonly variants: Readonly<Record<string, Attempt>>
}

/** How a store is reached by the attacker. */
export interface StoreDoors<Attempt> {
  send(technique: StoreTechnique<Attempt>, attempt: Attempt): Promise<Told>
  /** What the attacker does every day; it must go on. */
  honest(technique: StoreTechnique<Attempt>): Promise<Told>
  /** The same attempt with the technique's mechanism removed, which is put back afterwards. */
  sendWithout(technique: StoreTechnique<Attempt>, attempt: Attempt): Promise<Told>
  /** Of everything that the victim has. */
  victim(): Promise<unknown>
}

const canary = /canary/i

/** Tries every variant with and without its mechanism. */
export function attackStore<Attempt>(
  family: string,
  engine: string,
  techniques: readonly StoreTechnique<Attempt>[],
  doors: () => StoreDoors<Attempt>,
): void {
  for (const technique of techniques) {
    describe(`${technique.name} by the ${technique.entry}`, () => {
      test.for(Object.entries(technique.variants))('%s', ([, attempt], context) =>
        tally(context, { family, engine }, async () => {
          await expectDefeat(doors(), technique, attempt)
          const without = await doors().sendWithout(technique, attempt)
          expect(succeeded(technique, without), `without ${technique.mechanism}: ${without.bytes}`).toBe(true)
        }))
    })
  }
}

/** Tries what the router offers no way to at all, so that there is nothing to remove; these do not count. */
export function tryOnStore<Attempt>(
  techniques: readonly StoreTechnique<Attempt>[],
  doors: () => StoreDoors<Attempt>,
): void {
  for (const technique of techniques) {
    describe(`uncounted: ${technique.name} by the ${technique.entry}`, () => {
      test.each(Object.entries(technique.variants))('%s', async (_variant, attempt) => {
        await expectDefeat(doors(), technique, attempt)
      })
    })
  }
}

/** Nothing reached the attacker, the victim has what it had, and honest use goes on. */
async function expectDefeat<Attempt>(
  doors: StoreDoors<Attempt>,
  technique: StoreTechnique<Attempt>,
  attempt: Attempt,
): Promise<void> {
  expect(JSON.stringify(attempt)).not.toMatch(canary)
  const before = await doors.victim()
  const told = await doors.send(technique, attempt)
  expect(told.bytes).not.toMatch(canary)
  expect(succeeded(technique, told), told.bytes).toBe(false)
  expect(told.verdict).toMatch(technique.refusal)
  expect(await doors.victim()).toEqual(before)
  expect((await doors.honest(technique)).verdict).toBe('ok')
}

function succeeded({ success }: Pick<StoreTechnique<unknown>, 'success'>, { verdict, bytes }: Told): boolean {
  if (success === 'runs') return verdict === 'ok'
  return (success === 'canary' ? canary : success).test(bytes)
}
