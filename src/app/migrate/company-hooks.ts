import { DbsvcError } from '../../core/errors/error.ts'
import type { BatchOutcome } from '../../engines/engine.ts'
import type { TargetFailure } from './roll-out.ts'
import type { Run } from './run.ts'
import type { StepWork } from './step-work.ts'

/**
 * Puts the hooks around the work of a step, once for each company however often a batch is halved or tried again. A company whose
 * hook before it fails is not brought over; one whose hook after it fails is, and is reported.
 */
export class CompanyHooks {
  readonly #run: Run
  readonly #step: StepWork
  readonly #before = new Map<string, DbsvcError | undefined>()
  readonly failures: TargetFailure[] = []

  constructor(run: Run, step: StepWork) {
    this.#run = run
    this.#step = step
  }

  get work(): StepWork['work'] {
    const { hooks } = this.#run
    const { migration, work } = this.#step
    if (migration.scope !== 'tenant' || !(hooks.has('beforeCompany') || hooks.has('afterCompany'))) return work
    return async (worker, companies): Promise<BatchOutcome> => {
      for (const company of companies) await this.#call('beforeCompany', company)
      const refused = companies.flatMap((company) => this.#before.get(company) ?? [])
      if (refused[0] !== undefined) throw refused[0]
      const outcome = await work(worker, companies)
      for (const company of companies) await this.#call('afterCompany', company)
      return outcome
    }
  }

  async #call(name: 'beforeCompany' | 'afterCompany', company: string): Promise<void> {
    if (name === 'beforeCompany' && this.#before.has(company)) return
    const { direction, migration } = this.#step
    const error = await this.#run.hooks
      .run(name, { company, migration: migration.name, direction })
      .then(() => undefined)
      .catch((thrown: unknown) => {
        if (thrown instanceof DbsvcError) return thrown
        throw thrown
      })
    if (name === 'beforeCompany') this.#before.set(company, error)
    else if (error !== undefined) this.failures.push({ target: company, error })
  }
}
