import type { Collection } from './collection.ts'
import { fail } from './errors.ts'

export type TransactionStatus = 'running' | 'committed' | 'aborted'

export interface TransactionOptions {
  readonly id: string
  readonly user: string
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly exclusive: readonly string[]
  readonly allowImplicit: boolean
}

/**
 * A stream transaction: works on copies of its collections as they were when it began, and puts what it wrote into the
 * collections themselves when it commits.
 */
export class Transaction {
  readonly options: TransactionOptions
  status: TransactionStatus = 'running'
  private readonly forks = new Map<string, Collection>()
  private readonly written = new Map<Collection, Set<string>>()
  private readonly locks = new Map<Map<string, Transaction>, Set<string>>()

  constructor(options: TransactionOptions) {
    this.options = options
  }

  get id(): string {
    return this.options.id
  }

  writes(name: string): boolean {
    return this.options.write.includes(name) || this.options.exclusive.includes(name)
  }

  mayRead(name: string): boolean {
    return this.options.allowImplicit || this.writes(name) || this.options.read.includes(name)
  }

  forkOf(base: Collection): Collection {
    const fork = this.forks.get(base.name) ?? base.fork()
    this.forks.set(base.name, fork)
    return fork
  }

  hasWritten(base: Collection, key: string): boolean {
    return this.written.get(base)?.has(key) ?? false
  }

  noteWritten(base: Collection, key: string): void {
    const keys = this.written.get(base) ?? new Set()
    this.written.set(base, keys.add(key))
  }

  /** Takes the lock on one key or unique value. Throws 1200 when another transaction holds it. */
  lock(locks: Map<string, Transaction>, name: string): void {
    const holder = locks.get(name)
    if (holder !== undefined && holder !== this) fail(1200, 'write-write conflict')
    locks.set(name, this)
    const names = this.locks.get(locks) ?? new Set()
    this.locks.set(locks, names.add(name))
  }

  commit(): void {
    for (const [base, keys] of this.written) {
      const fork = this.forkOf(base)
      for (const key of keys) if (fork.get(key) === undefined) base.set(key, null)
      for (const key of keys) base.set(key, fork.get(key) ?? null)
    }
    this.end('committed')
  }

  abort(): void {
    this.end('aborted')
  }

  private end(status: TransactionStatus): void {
    this.status = status
    for (const [locks, names] of this.locks) for (const name of names) locks.delete(name)
    this.locks.clear()
    this.forks.clear()
    this.written.clear()
  }
}
