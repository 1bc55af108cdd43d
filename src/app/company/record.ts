import type { Company, CompanySpec } from '../../core/company/spec.ts'
import type { RunEvent } from '../../core/run/event.ts'
import type { CreateFailure } from './list.ts'
import { loginSecretName } from './login-secret.ts'

export interface CreatedCompany {
  readonly company: string
  /** False for one that existed already, just so. */
  readonly created: boolean
  /** Where the password of its LOGIN role is kept, null without one. */
  readonly loginSecret: string | null
}

/** Collects what becomes of the companies asked for, and tells it as it goes. */
export class CreateRecord {
  companies: CreatedCompany[] = []
  readonly failures: CreateFailure[] = []
  /** In the registry since this run, whatever became of them. */
  readonly made: string[] = []
  /** Those that some engine has, and others have not. */
  readonly halves: string[] = []
  readonly #onEvent: (event: RunEvent) => void
  #progress = { done: 0, failed: 0, targets: 0 }

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent
  }

  start(targets: number): void {
    this.#progress = { done: 0, failed: 0, targets }
    this.#onEvent({
      type: 'step-started',
      engine: 'postgres',
      direction: 'create',
      scope: 'tenant',
      migration: '',
      targets,
    })
  }

  /** One that was there, just so. */
  found({ company, loginRole }: Company): void {
    this.#add(company, false, loginRole !== null)
  }

  /** One that was to be made, and was there by then. */
  overtaken(company: Company): void {
    this.found(company)
    this.#advance({ done: 1 })
  }

  created(specs: readonly CompanySpec[]): void {
    for (const { company, login } of specs) this.#add(company, true, login === true)
    this.#advance({ done: specs.length })
  }

  /** One for which nothing was begun. */
  refused(failure: CreateFailure): void {
    this.failures.push(failure)
    const { company, line, error } = failure
    this.#onEvent({
      type: 'failure',
      target: company ?? `line ${line}`,
      migration: '',
      code: error.code,
      reason: error.message,
    })
  }

  /** One that PostgreSQL has, and another engine has not. */
  spoiled(failure: CreateFailure): void {
    this.companies = this.companies.filter(({ company }) => company !== failure.company)
    if (failure.company !== null) this.halves.push(failure.company)
    this.failures.push(failure)
  }

  failed(failure: CreateFailure): void {
    this.refused(failure)
    this.#advance({ failed: 1 })
  }

  #add(company: string, created: boolean, login: boolean): void {
    this.companies.push({ company, created, loginSecret: login ? loginSecretName(company) : null })
  }

  #advance({ done = 0, failed = 0 }): void {
    const { targets } = this.#progress
    this.#progress = { done: this.#progress.done + done, failed: this.#progress.failed + failed, targets }
    this.#onEvent({ type: 'progress', ...this.#progress })
  }
}
