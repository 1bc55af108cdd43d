import { setTimeout as delay } from 'node:timers/promises'
import type { Arango } from './arango.ts'
import type { Database } from './database.ts'
import { fail } from './errors.ts'
import { Transaction, type TransactionOptions } from './transaction.ts'
import type { User } from './user.ts'

const idle = new WeakMap<Transaction, NodeJS.Timeout>()

/** Begins a transaction as soon as its collections are free. Throws 18 when they are not within the time, 1203 when one is missing. */
export async function begin(
  server: Arango,
  database: Database,
  options: TransactionOptions,
  lockTimeoutMs: number,
): Promise<Transaction> {
  for (const name of [...options.read, ...options.write, ...options.exclusive]) database.collection(name)
  const deadline = performance.now() + lockTimeoutMs
  while (isBlocked(database, options)) {
    if (performance.now() > deadline) fail(18, 'timeout waiting to lock key')
    await delay(5)
  }
  const transaction = new Transaction(options)
  // What it reads stays as it is now, also when it is first read later.
  for (const name of [...options.read, ...options.write, ...options.exclusive]) {
    transaction.forkOf(database.collection(name))
  }
  database.transactions.set(options.id, transaction)
  watch(transaction, server.options.transactionIdleMs)
  return transaction
}

/** The transaction with this id. Throws 10 for what cannot be an id, 1655 where this user has no such transaction here. */
export function transactionById(database: Database, user: User, id: string): Transaction {
  if (!/^\d+$/.test(id)) fail(10, 'bad transaction ID')
  const transaction = database.transactions.get(id)
  if (transaction === undefined || transaction.options.user !== user.name) fail(1655, `transaction '${id}' not found`)
  return transaction
}

/** The running transaction that a request names in its header; null when it names none. Throws 1654 for an aborted one. */
export function transactionOf(database: Database, user: User, id: string | undefined): Transaction | null {
  if (id === undefined) return null
  const transaction = transactionById(database, user, id)
  if (transaction.status === 'aborted') fail(1654, `transaction '${id}' has already been aborted`)
  if (transaction.status === 'committed') fail(1655, `transaction '${id}' not found`)
  idle.get(transaction)?.refresh()
  return transaction
}

/** Throws 1653 when it has ended the other way. */
export function end(transaction: Transaction, status: 'committed' | 'aborted'): void {
  if (transaction.status !== 'running' && transaction.status !== status)
    fail(1653, `transaction '${transaction.id}' was already ${transaction.status}`)
  if (transaction.status !== 'running') return
  clearTimeout(idle.get(transaction))
  if (status === 'committed') transaction.commit()
  else transaction.abort()
}

function isBlocked(database: Database, { write, exclusive }: TransactionOptions): boolean {
  return database
    .running()
    .some(
      (other) =>
        exclusive.some((name) => other.writes(name)) || write.some((name) => other.options.exclusive.includes(name)),
    )
}

function watch(transaction: Transaction, idleMs: number): void {
  idle.set(transaction, setTimeout(() => end(transaction, 'aborted'), idleMs).unref())
}
