import { z } from 'zod'
import { fail } from '../errors.ts'
import { type Call, ok, type Route, route } from '../router.ts'
import { begin, end, transactionById } from '../stream-transactions.ts'
import type { Transaction } from '../transaction.ts'

const names = z.union([z.string().transform((name) => [name]), z.array(z.string())]).default([])

const shape = z.object({
  collections: z.object({ read: names, write: names, exclusive: names, allowImplicit: z.boolean().optional() }),
  allowImplicit: z.boolean().optional(),
  waitForSync: z.boolean().optional(),
  lockTimeout: z.number().min(0).default(900),
  maxTransactionSize: z.number().min(0).optional(),
})

const one = '/_api/transaction/:id'

export const transactions: readonly Route[] = [
  route('POST', '/_api/transaction/begin', 'read', start),
  route('GET', '/_api/transaction', 'read', ({ database, user }) => ({
    status: 200,
    body: {
      transactions: database
        .running()
        .filter(({ options }) => options.user === user.name)
        .map(({ id, status }) => ({ id, state: status })),
    },
  })),
  route('GET', one, 'read', (call) => describe(asked(call))),
  route('PUT', one, 'read', (call) => finish(call, 'committed')),
  route('DELETE', one, 'read', (call) => finish(call, 'aborted')),
]

async function start({ server, database, user, session, body }: Call): Promise<ReturnType<typeof ok>> {
  const { collections, lockTimeout, ...rest } = body(shape)
  const allowImplicit = rest.allowImplicit ?? collections.allowImplicit ?? true
  const id = server.nextId()
  if (collections.write.length + collections.exclusive.length > 0 && !session.mayWrite) fail(11)
  const options = { ...collections, id, user: user.name, allowImplicit }
  // For ArangoDB 0 means to wait as long as it takes.
  const lockTimeoutMs = lockTimeout === 0 ? Number.POSITIVE_INFINITY : lockTimeout * 1000
  return describe(await begin(server, database, options, lockTimeoutMs), 201)
}

function finish(call: Call, status: 'committed' | 'aborted'): ReturnType<typeof ok> {
  const transaction = asked(call)
  end(transaction, status)
  return describe(transaction)
}

function asked({ database, user, param }: Call): Transaction {
  return transactionById(database, user, param('id'))
}

function describe({ id, status }: Transaction, code = 200): ReturnType<typeof ok> {
  return ok({ result: { id, status } }, code)
}
