import type { Collection } from './collection.ts'
import type { Database } from './database.ts'
import { fail } from './errors.ts'
import { uniqueEntry } from './index.ts'
import type { Document } from './json.ts'
import type { Transaction } from './transaction.ts'
import { type AccessLevel, collectionLevelOf, type User } from './user.ts'

/** What one request may see and change: a database, at an access level, inside or outside a stream transaction. */
export class Session {
  readonly database: Database
  private readonly user: User
  private readonly level: AccessLevel
  private readonly transaction: Transaction | null
  private undo: (() => void)[] = []

  constructor(database: Database, user: User, level: AccessLevel, transaction: Transaction | null) {
    this.database = database
    this.user = user
    this.level = level
    this.transaction = transaction
  }

  get userName(): string {
    return this.user.name
  }

  get mayWrite(): boolean {
    return this.level === 'rw'
  }

  /** Throws 1203 where there is none, 11 when the user may not read it. */
  read(name: string): Collection {
    const base = this.database.collection(name)
    if (this.levelOf(name) === 'none') fail(11, `insufficient access to collection '${name}'`)
    if (this.transaction === null) return base
    if (!this.transaction.mayRead(name)) fail(1652, `unregistered collection used in transaction: ${name} [read]`)
    return this.transaction.forkOf(base)
  }

  /** Throws 1203 where there is none, 11 when this user may only read, 1652 when the transaction did not say so before, 18 when it is locked. */
  write(name: string): Collection {
    const base = this.database.collection(name)
    if (!this.mayWrite || this.levelOf(name) !== 'rw') fail(11, `insufficient access to collection '${name}'`)
    if (this.transaction !== null) {
      if (!this.transaction.writes(name)) fail(1652, `unregistered collection used in transaction: ${name} [write]`)
      return this.transaction.forkOf(base)
    }
    // A server would wait for the lock; here nobody could release it meanwhile.
    if (this.database.exclusiveHolder(name) !== undefined) fail(18, `timed out waiting for the lock on ${name}`)
    return base
  }

  /** Sets a document of a collection that `write` gave, or removes it with null. Throws 1200 on a conflict with a transaction, 1210 on a duplicate. */
  set(collection: Collection, key: string, next: Document | null): void {
    const base = this.database.collection(collection.name)
    if (next !== null) collection.checkUnique(next)
    this.lockFor(base, collection, key, next)
    const before = collection.set(key, next)
    this.undo.push(() => collection.set(key, before))
    this.transaction?.noteWritten(base, key)
  }

  /** Runs `work`; when it throws, everything that it wrote is as it was before. */
  atomically<Result>(work: () => Result): Result {
    const outer = this.undo
    this.undo = []
    try {
      const result = work()
      outer.push(...this.undo)
      return result
    } catch (error) {
      for (const step of this.undo.reverse()) step()
      throw error
    } finally {
      this.undo = outer
    }
  }

  private levelOf(collection: string): AccessLevel {
    return collectionLevelOf(this.user, this.database.name, collection)
  }

  private lockFor(base: Collection, collection: Collection, key: string, next: Document | null): void {
    const locks = this.database.locksOf(base)
    const entries = next === null ? [] : base.indexes.flatMap((index) => uniqueEntry(index, next) ?? [])
    for (const name of [key, ...entries]) {
      if (this.transaction !== null) this.transaction.lock(locks, name)
      else if (locks.has(name)) fail(1200, 'write-write conflict')
    }
    const { transaction } = this
    if (transaction === null) return
    // Changed by somebody since the transaction began.
    const isStale = !transaction.hasWritten(base, key) && base.get(key)?._rev !== collection.get(key)?._rev
    const isTaken = entries.some((entry) => {
      const owner = base.ownerOf(entry)
      return owner !== undefined && owner !== collection.ownerOf(entry) && !transaction.hasWritten(base, owner)
    })
    if (isStale || isTaken) fail(1200, 'write-write conflict')
  }
}
