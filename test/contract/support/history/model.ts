import type { HistoryMigration, Trouble } from './migrations.ts'

/** Whom an operation is about; everybody where nothing is said. */
export interface Chosen {
  readonly tenants?: readonly string[]
  readonly exclude?: readonly string[]
}

/** How many migrations to undo, or the version that stays; '0' for none. */
export type Back = { readonly steps: number } | { readonly to: string }

/** A company that an operation could not bring all the way, and the migration that stopped it. */
export interface Failure {
  readonly target: string
  readonly migration: string
}

/** What an operation is to report. */
export interface Outcome {
  /** Companies that it brought all the way; null where two runs share the work. */
  readonly completed: number | null
  readonly failures: readonly Failure[]
}

export interface ModelCompany {
  /** How many of the folder's migrations it has. */
  applied: number
  readonly troubles: Set<Trouble>
  /** Migrations outside a transaction that failed after their first statement. */
  readonly half: Set<HistoryMigration>
}

/** What dbsvc is to do, in the fewest words: a list of files, and how far down it each company is. */
export class Model {
  readonly files: HistoryMigration[] = []
  readonly companies = new Map<string, ModelCompany>()

  create(name: string): void {
    this.companies.set(name, { applied: this.files.length, troubles: new Set(), half: new Set() })
  }

  up(to: string | undefined, chosen: Chosen): Outcome {
    const end = to === undefined ? this.files.length : this.#countTo(to)
    return this.#each(chosen, (company) => company.applied < end && this.#raise(company, end))
  }

  down(back: Back, chosen: Chosen): Outcome {
    return this.#each(chosen, (company) => {
      const keep = 'steps' in back ? Math.max(0, company.applied - back.steps) : this.#countTo(back.to)
      return company.applied > keep && this.#lower(company, keep)
    })
  }

  redo(chosen: Chosen): Outcome {
    return this.#each(chosen, (company) => {
      const end = company.applied
      return end > 0 && (this.#lower(company, end - 1) ?? this.#raise(company, end))
    })
  }

  /** Whether a company's rows can be such. */
  canHave(company: ModelCompany, trouble: Trouble): boolean {
    const had = [...this.files.slice(0, company.applied), ...company.half]
    return company.applied > 0 && !company.troubles.has(trouble) && had.every(({ prevents }) => prevents !== trouble)
  }

  #countTo(version: string): number {
    return this.files.filter((file) => file.version <= version).length
  }

  /** `work` gives false for a company that has nothing to do, and the migration that failed where one did. */
  #each(
    { tenants, exclude = [] }: Chosen,
    work: (company: ModelCompany) => HistoryMigration | undefined | false,
  ): Outcome {
    const failures: Failure[] = []
    let completed = 0
    for (const [target, company] of this.companies) {
      if (tenants?.includes(target) === false || exclude.includes(target)) continue
      const failed = work(company)
      if (failed === undefined) completed += 1
      else if (failed !== false) failures.push({ target, migration: failed.name })
    }
    return { completed, failures }
  }

  #raise(company: ModelCompany, end: number): HistoryMigration | undefined {
    for (const file of this.files.slice(company.applied, end)) {
      if (file.failsUp !== undefined && company.troubles.has(file.failsUp)) {
        if (file.half.length > 0) company.half.add(file)
        return file
      }
      company.half.delete(file)
      company.applied += 1
    }
    return undefined
  }

  #lower(company: ModelCompany, keep: number): HistoryMigration | undefined {
    for (const file of this.files.slice(keep, company.applied).reverse()) {
      if (file.failsDown !== undefined && company.troubles.has(file.failsDown)) return file
      company.applied -= 1
    }
    // Its rows go with the table.
    if (company.applied === 0) company.troubles.clear()
    return undefined
  }
}
